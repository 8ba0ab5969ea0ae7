package org.tdro.experiments.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.tdro.data.TokenMatrix;
import org.tdro.retriever.EncoderModel;
import org.tdro.retriever.TokenEncoding;
import org.tdro.text.TextKind;

/** Forward passes over the same texts, those of one length together. */
final class ForwardPass {
  private final EncoderModel model;
  private final List<int[][]> texts = new ArrayList<>();

  ForwardPass(EncoderModel model, List<TokenMatrix> matrices) {
    this.model = model;
    var byLength = new TreeMap<Integer, List<int[]>>();
    for (var matrix : matrices) {
      var rows = byLength.computeIfAbsent(matrix.length(), length -> new ArrayList<>());
      for (int row = 0; row < matrix.rows(); row++) {
        int start = row * matrix.length();
        rows.add(Arrays.copyOfRange(matrix.ids(), start, start + matrix.lengths()[row]));
      }
    }
    byLength.values().forEach(rows -> texts.add(rows.toArray(int[][]::new)));
  }

  void run() {
    for (var rows : texts) {
      int longest = Arrays.stream(rows).mapToInt(row -> row.length).max().orElse(1);
      TokenEncoding.DEFAULT.encode(model, TextKind.PASSAGE, rows, 0, longest);
    }
  }
}
