/** x */
package org.tdro.experiments;
