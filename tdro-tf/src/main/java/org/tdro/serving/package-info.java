/** Retrievers as SavedModels for TensorFlow Serving: export, and the check that an export computes what was trained. */
package org.tdro.serving;
