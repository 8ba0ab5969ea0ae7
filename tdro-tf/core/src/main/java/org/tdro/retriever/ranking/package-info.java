/** Rankers over embeddings, exact and approximate, and a reranker. */
package org.tdro.retriever.ranking;
