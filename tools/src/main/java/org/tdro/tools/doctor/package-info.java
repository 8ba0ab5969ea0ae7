/** What {@code tdro doctor} looks at: each check is one class that finds out and says what to do. */
package org.tdro.tools.doctor;
