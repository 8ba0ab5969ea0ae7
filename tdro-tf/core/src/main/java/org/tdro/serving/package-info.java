/**
 * A small server for exported retrievers with TensorFlow Serving's REST and gRPC surfaces, and two endpoints that take text. It
 * is for development, smoke tests and small deployments: one model, one process, no authentication.
 */
package org.tdro.serving;
