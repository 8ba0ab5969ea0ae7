package org.tdro.keras;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The table that {@link Model#summary} prints. */
final class Summary {
  private Summary() {}

  static String of(String name, Variables variables) {
    var weights = variables.all().stream()
        .filter(weight -> !weight.name().startsWith("optimizer/"))
        .toList();
    int width =
        weights.stream().mapToInt(weight -> weight.name().length()).max().orElse(6) + 2;
    var text = new StringBuilder("Model: ").append(name).append('\n');
    var row = "%-" + width + "s %-22s %14s%n";
    text.append(String.format(Locale.ROOT, row, "weight", "shape", "parameters"));
    for (var weight : weights) {
      text.append(String.format(
          Locale.ROOT,
          row,
          weight.name(),
          Arrays.toString(weight.shape().asArray()),
          count(weight.size())));
    }
    text.append(String.format(
        Locale.ROOT, "trainable parameters: %s%n", count(sum(variables.trainable()))));
    text.append(String.format(
        Locale.ROOT, "other parameters: %s%n", count(sum(weights) - sum(variables.trainable()))));
    return text.toString();
  }

  private static long sum(List<Weight> weights) {
    return weights.stream().mapToLong(Weight::size).sum();
  }

  private static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
