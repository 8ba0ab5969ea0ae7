/**
 * Rankings without TensorFlow: the {@link org.tdro.search.Ranker} and what it returns, exact search over embeddings and
 * their files, runs in TREC format.
 */
package org.tdro.search;
