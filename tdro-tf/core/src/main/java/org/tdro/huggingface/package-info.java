/**
 * Folders in the form of the Hugging Face libraries, read and written: the shape of a model ({@code config.json}), its weights
 * (safetensors files), adapters beside it (PEFT) and a map behind its pooling (sentence-transformers).
 */
package org.tdro.huggingface;
