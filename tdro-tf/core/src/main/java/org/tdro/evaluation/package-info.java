/**
 * Measures of rankings: evaluation sets ({@link org.tdro.evaluation.EvaluationSet}, read by {@link org.tdro.evaluation.sets}),
 * judgements ({@link org.tdro.evaluation.Judgements}), measures with the names and values of
 * NIST's trec_eval 9.0.8 ({@link org.tdro.evaluation.EvaluationResult}) and tables of results.
 *
 * <p>Nothing here knows how a ranking was made: {@link org.tdro.evaluation.RetrievalEvaluation} takes any {@link
 * org.tdro.search.Ranker}.
 */
package org.tdro.evaluation;
