/**
 * Published folders of the Hugging Face libraries, read and written: the shape of a model ({@code config.json}), its weights
 * (safetensors files), adapters of it (PEFT), and how its states become embeddings (sentence-transformers).
 * {@link org.tdro.huggingface.PublishedFolder} reads them; a file's format is one class, both ways.
 */
package org.tdro.huggingface;
