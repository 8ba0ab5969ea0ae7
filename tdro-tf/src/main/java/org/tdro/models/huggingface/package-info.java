/**
 * Folders in the form of the Hugging Face libraries: the shape of a model from its {@code config.json}, its weights from
 * safetensors files and back.
 */
package org.tdro.models.huggingface;
