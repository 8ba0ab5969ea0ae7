/** The contrastive loss of a retriever and its training step: candidates, false negatives, distillation, weights of rows. */
package org.tdro.retriever.contrastive;
