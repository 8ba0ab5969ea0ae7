/** An index: the documents of a corpus with their embeddings in a folder, searched exactly. */
package org.tdro.retriever.index;
