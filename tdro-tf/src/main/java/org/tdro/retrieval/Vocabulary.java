package org.tdro.retrieval;

import org.tdro.text.Tokenizer;

/** Checks that token ids have an embedding: an id beyond the table would only fail inside the graph. */
final class Vocabulary {
  private Vocabulary() {}

  static void check(Tokenizer tokenizer, RetrieverSpec spec) {
    if (tokenizer.vocabularySize() > spec.architecture().vocabulary()) {
      throw new IllegalArgumentException("%s has %d token ids, but the model only %d embeddings"
          .formatted(
              tokenizer.file(), tokenizer.vocabularySize(), spec.architecture().vocabulary()));
    }
  }

  static void check(int[][] texts, RetrieverSpec spec) {
    int size = spec.architecture().vocabulary();
    for (int row = 0; row < texts.length; row++) {
      for (int id : texts[row]) {
        if (id < 0 || id >= size) {
          throw new IllegalArgumentException("text %d has token id %d; the model's ids are 0 to %d"
              .formatted(row + 1, id, size - 1));
        }
      }
    }
  }
}
