/** An index: the documents of a corpus in a folder, found by embeddings, by a graph of neighbours or by words. */
package org.tdro.retriever.index;
