/** Parts of training rows: samples, and queries held out for evaluation without leaks. */
package org.tdro.rows.selection;
