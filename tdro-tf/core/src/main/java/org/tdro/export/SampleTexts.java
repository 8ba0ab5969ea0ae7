package org.tdro.export;

import java.util.Arrays;
import java.util.List;
import org.tdro.retriever.Retriever;
import org.tdro.text.TextKind;

/** Token ids on which an export is compared with the trained model. */
final class SampleTexts {
  /** Scripts and lengths that differ, so that padding and unknown bytes are part of the check. */
  private static final List<String> TEXTS = List.of(
      "a",
      "which city is the capital of France?",
      "Übermäßig lange Wörter sind in deutschen Gesetzestexten keine Seltenheit.",
      "東京は日本の首都です。",
      "El clima de la costa es templado y húmedo durante casi todo el año, con lluvias en otoño.");

  /** Spreads made-up ids over a vocabulary. */
  private static final int STRIDE = 7919;

  private SampleTexts() {}

  /** Returns the kind of text with the lower maximum length: all signatures are called with the samples. */
  static TextKind kind(Retriever retriever) {
    var settings = retriever.settings();
    return settings.queryLength() <= settings.passageLength() ? TextKind.QUERY : TextKind.PASSAGE;
  }

  /** The ids of the texts; of a model without a tokenizer some of its ids. */
  static int[][] tokens(Retriever retriever) {
    var kind = kind(retriever);
    if (retriever.takesTexts()) {
      return retriever.tokenize(kind, "", TEXTS);
    }
    int most = retriever.settings().maxLength(kind);
    int vocabulary = retriever.settings().spec().architecture().vocabulary();
    var ids = new int[TEXTS.size()][];
    for (int row = 0; row < ids.length; row++) {
      ids[row] = new int[Math.min(most, 1 + TEXTS.get(row).length() / 4)];
      int first = row;
      Arrays.setAll(ids[row], i -> (int) ((first + (long) i * STRIDE) % vocabulary));
    }
    return ids;
  }
}
