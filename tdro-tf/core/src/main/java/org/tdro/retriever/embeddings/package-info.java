/** Embeddings of collections: encoded to files, cached by content, read back. */
package org.tdro.retriever.embeddings;
