/** x */
package org.tdro.tools;
