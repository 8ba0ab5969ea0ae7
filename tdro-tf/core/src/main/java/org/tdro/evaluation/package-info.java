/**
 * How good a ranking is: judgements ({@link org.tdro.evaluation.Qrels}), rankings ({@link org.tdro.search.Run}),
 * measures with the names and values of NIST's trec_eval 9.0.8 ({@link org.tdro.evaluation.Evaluator}), collections in
 * BEIR's folder form ({@link org.tdro.evaluation.BeirDataset}) and tables of results.
 *
 * <p>Nothing here knows how a ranking was made.
 */
package org.tdro.evaluation;
