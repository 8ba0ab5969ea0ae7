/** Numbers that describe training rows: sizes, lengths, scripts, repeated texts, and overlap with evaluation sets. */
package org.tdro.rows.statistics;
