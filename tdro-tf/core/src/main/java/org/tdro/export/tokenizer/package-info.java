/** Tokenizers as operations of a graph: strings in, token ids out. */
package org.tdro.export.tokenizer;
