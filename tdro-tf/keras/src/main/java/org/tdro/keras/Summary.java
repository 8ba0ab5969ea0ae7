package org.tdro.keras;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.tensorflow.ndarray.Shape;

/** The table that {@link Model#summary} prints. */
final class Summary {
  /** A weight or a layer, with the shape of its values or outputs. */
  record Row(String name, Shape shape, long parameters) {}

  private Summary() {}

  /** A table of weights. */
  static String of(String name, Variables variables) {
    var rows = own(variables).stream()
        .map(weight -> new Row(weight.name(), weight.shape(), weight.size()))
        .toList();
    return of(name, "weight", rows, variables);
  }

  /** A table of {@code rows}, the first column of which is called {@code kind}. */
  static String of(String name, String kind, List<Row> rows, Variables variables) {
    int width = rows.stream().mapToInt(row -> row.name().length()).max().orElse(6) + 2;
    var text = new StringBuilder("Model: ").append(name).append('\n');
    var format = "%-" + Math.max(width, kind.length() + 2) + "s %-22s %14s%n";
    text.append(String.format(Locale.ROOT, format, kind, "shape", "parameters"));
    for (var row : rows) {
      text.append(String.format(
          Locale.ROOT,
          format,
          row.name(),
          Arrays.toString(row.shape().asArray()),
          count(row.parameters())));
    }
    long trainable = sum(variables.trainable());
    text.append(String.format(Locale.ROOT, "trainable parameters: %s%n", count(trainable)));
    text.append(String.format(
        Locale.ROOT, "other parameters: %s%n", count(sum(own(variables)) - trainable)));
    return text.toString();
  }

  private static List<Weight> own(Variables variables) {
    return variables.all().stream()
        .filter(weight -> !weight.name().startsWith("optimizer/"))
        .toList();
  }

  private static long sum(List<Weight> weights) {
    return weights.stream().mapToLong(Weight::size).sum();
  }

  private static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
