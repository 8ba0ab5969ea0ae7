/** Commands about finished runs: {@code tdro runs}, {@code compare}, {@code report}, {@code reproduce}. */
package org.tdro.tools.runs;
