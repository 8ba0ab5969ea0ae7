/**
 * Evaluation sets in the layouts in which they are published, recognised by looking ({@link org.tdro.evaluation.sets.Layout}), and suites of
 * them ({@link org.tdro.evaluation.sets.Suite}).
 */
package org.tdro.evaluation.sets;
