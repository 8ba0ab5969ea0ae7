/**
 * Retrievers as SavedModels for TensorFlow Serving: export in three precisions, the check that an export computes what was trained,
 * and what clients must know of it.
 */
package org.tdro.export;
