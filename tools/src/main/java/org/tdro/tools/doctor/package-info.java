/** The checks of {@code tdro doctor}, and what they advise. */
package org.tdro.tools.doctor;
