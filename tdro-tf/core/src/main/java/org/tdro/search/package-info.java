/**
 * Rankings without TensorFlow: embeddings and their files, exact search, runs in TREC format.
 */
package org.tdro.search;
