/**
 * From characters to token ids: reading tokenizers, learning a vocabulary, prompts around texts.
 *
 * <p>The lowest floor beside {@code keras}: it knows of no rows, batches or models, so that every other room may use it.
 */
package org.tdro.text;
