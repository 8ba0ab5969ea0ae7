/**
 * Retrievers in forms that other programs load: SavedModels for TensorFlow Serving in three precisions, with the check that an
 * export computes what was trained, and folders for Python, as transformers, sentence-transformers and PEFT keep them.
 */
package org.tdro.serving;
