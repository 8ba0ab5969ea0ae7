/**
 * Rankings without TensorFlow: the {@link org.tdro.search.Ranker} and what it returns, exact search over embeddings in memory and
 * on disk, runs in TREC format and their {@link org.tdro.search.Fusion}, highlighted passages.
 */
package org.tdro.search;
