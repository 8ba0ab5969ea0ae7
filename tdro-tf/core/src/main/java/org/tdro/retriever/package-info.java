/**
 * Dense retrievers: a backbone, a pooling and a similarity, trained by one contrastive loss; encoding of texts and exact
 * search over their vectors.
 */
package org.tdro.retriever;
