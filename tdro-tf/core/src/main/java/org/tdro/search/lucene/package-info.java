/**
 * Rankings by Lucene: words ({@link org.tdro.search.lucene.Bm25Index}) and approximate nearest neighbours ({@link
 * org.tdro.search.lucene.HnswIndex}), in indexes on disk. Lucene's types stay in this package.
 */
package org.tdro.search.lucene;
