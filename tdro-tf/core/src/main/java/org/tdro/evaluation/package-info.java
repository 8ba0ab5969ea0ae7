/**
 * Measures of rankings: evaluation sets ({@link org.tdro.evaluation.EvaluationSet}, read from BEIR's folders by {@link
 * org.tdro.evaluation.BeirDataset}), judgements ({@link org.tdro.evaluation.Qrels}), measures with the names and values of
 * NIST's trec_eval 9.0.8 ({@link org.tdro.evaluation.EvaluationResult}) and tables of results.
 *
 * <p>Nothing here knows how a ranking was made: {@link org.tdro.evaluation.RetrievalEvaluation} takes any {@link
 * org.tdro.search.Ranker}.
 */
package org.tdro.evaluation;
