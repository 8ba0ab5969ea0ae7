/** Commands that encode, search and measure: {@code tdro encode}, {@code index}, {@code search}, {@code evaluate}, {@code metrics}. */
package org.tdro.tools.retrieval;
