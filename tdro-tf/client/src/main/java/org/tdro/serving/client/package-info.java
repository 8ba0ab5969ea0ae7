/**
 * A client that gets embeddings from a server: it tokenises texts as the exported retriever needs them, and asks TensorFlow Serving
 * or the local server over REST or gRPC. It needs the assets of the export but not TensorFlow.
 */
package org.tdro.serving.client;
