/**
 * A client for embeddings from a server: tokenises as the exported retriever wants it and asks TensorFlow Serving, or the local
 * server, over REST. Needs the export's assets and no TensorFlow.
 */
package org.tdro.serving.client;
