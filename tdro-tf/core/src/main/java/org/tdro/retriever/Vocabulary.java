package org.tdro.retriever;

import java.util.Optional;
import org.tdro.io.InputException;
import org.tdro.text.Tokenizer;

/** Checks that token ids have an embedding: an id beyond the table would only fail inside the graph. */
final class Vocabulary {
  private Vocabulary() {}

  /** @throws InputException if the tokenizer has ids that the model does not have */
  static void check(Tokenizer tokenizer, RetrieverSpec spec) {
    if (tokenizer.vocabularySize() > spec.architecture().vocabulary()) {
      throw new InputException("%s has %d token ids, but the model only %d embeddings"
          .formatted(
              tokenizer.file(), tokenizer.vocabularySize(), spec.architecture().vocabulary()));
    }
  }

  /** What is wrong with the ids of a text, if anything. */
  static Optional<String> problem(int[] tokens, RetrieverSpec spec) {
    int size = spec.architecture().vocabulary();
    for (int id : tokens) {
      if (id < 0 || id >= size) {
        return Optional.of("has token id %d; the model's ids are 0 to %d".formatted(id, size - 1));
      }
    }
    return Optional.empty();
  }

  /** @throws IllegalArgumentException naming the first text, from 1, with an id that the model does not have */
  static void check(int[][] texts, RetrieverSpec spec) {
    for (int row = 0; row < texts.length; row++) {
      int number = row + 1;
      problem(texts[row], spec).ifPresent(problem -> {
        throw new IllegalArgumentException("text " + number + " " + problem);
      });
    }
  }
}
