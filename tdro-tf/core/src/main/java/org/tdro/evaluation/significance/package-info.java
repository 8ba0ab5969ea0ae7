/**
 * Whether retrievers differ: tests over the values of queries and over seeds ({@link
 * org.tdro.evaluation.significance.PairedDifferences}), and the comparison of several retrievers with the same sets ({@link
 * org.tdro.evaluation.significance.Comparison}).
 */
package org.tdro.evaluation.significance;
