/**
 * The command line {@code tdro}: {@link org.tdro.tools.Main} lists the commands, one class each, in rooms by subject. A command reads
 * its arguments, calls the library, prints results on standard output and everything else on standard error; failures become exit
 * codes in {@code Failures}.
 */
package org.tdro.tools;
