/** Commands that train or say how: {@code tdro train}, {@code pipeline}, {@code quickstart}, {@code mixture}, {@code weights}, {@code config}. */
package org.tdro.tools.training;
