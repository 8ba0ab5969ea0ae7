/**
 * Retrievers as SavedModels for TensorFlow Serving: export in three precisions, the check that an export computes what was trained,
 * and the assets that clients read.
 */
package org.tdro.export;
