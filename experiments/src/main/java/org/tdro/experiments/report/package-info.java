/** Runs as a page for readers: one HTML file with tables, charts and tests of significance. */
package org.tdro.experiments.report;
