package org.tdro.retriever.contrastive;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The contrastive loss written out for single rows, in doubles.
 *
 * @param hardOnly of each row, whether it sees its own passages only
 * @param teacher scores of each row's own passages; null in rows without
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record LossInDoubles(
    int n,
    double temperature,
    boolean[] hardOnly,
    List<Integer> sizes,
    List<Double> weights,
    boolean normalize,
    double distillationWeight,
    double teacherTemperature,
    double[][] teacher) {

  /** Σ_d w_d ℓ_d / Σ_d w_d of row {@code i}. */
  double row(double[][] queries, double[][] passages, int i) {
    double sum = 0;
    double total = 0;
    for (int k = 0; k < sizes.size(); k++) {
      sum += weights.get(k) * ofSize(queries, passages, i, sizes.get(k));
      total += weights.get(k);
    }
    return sum / total;
  }

  private double ofSize(double[][] queries, double[][] passages, int i, int size) {
    var query = cut(queries[i], size);
    var scores = new double[passages.length];
    for (int j = 0; j < scores.length; j++) {
      scores[j] = dot(query, cut(passages[j], size)) / temperature;
    }
    var own = logSoftmax(Arrays.copyOfRange(scores, i * n, (i + 1) * n));
    double infoNce = hardOnly[i] ? -own[0] : -logSoftmax(scores)[i * n];
    if (teacher[i] == null) {
      return infoNce;
    }
    return (1 - distillationWeight) * infoNce + distillationWeight * divergence(i, own);
  }

  private double divergence(int i, double[] own) {
    var target =
        logSoftmax(Arrays.stream(teacher[i]).map(t -> t / teacherTemperature).toArray());
    double sum = 0;
    for (int j = 0; j < n; j++) {
      sum += Math.exp(target[j]) * (target[j] - own[j]);
    }
    return sum;
  }

  /** The whole vector stays as it is. */
  private double[] cut(double[] vector, int size) {
    var first = Arrays.copyOf(vector, size);
    double length = size < vector.length && normalize ? Math.sqrt(dot(first, first)) : 1;
    return Arrays.stream(first).map(x -> x / length).toArray();
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  static double[] logSoftmax(double[] scores) {
    double largest = Arrays.stream(scores).max().orElseThrow();
    double log =
        Math.log(Arrays.stream(scores).map(score -> Math.exp(score - largest)).sum());
    return Arrays.stream(scores).map(score -> score - largest - log).toArray();
  }

  /** ∂f/∂x by central differences. */
  static double[] gradient(double[][] x, ToDoubleFunction<double[][]> f) {
    double step = 1e-5;
    var gradient = new double[x.length * x[0].length];
    for (int i = 0; i < gradient.length; i++) {
      int row = i / x[0].length;
      int column = i % x[0].length;
      double value = x[row][column];
      x[row][column] = value + step;
      double above = f.applyAsDouble(x);
      x[row][column] = value - step;
      double below = f.applyAsDouble(x);
      x[row][column] = value;
      gradient[i] = (above - below) / (2 * step);
    }
    return gradient;
  }
}
