package org.tdro.experiments.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The columns of a step log in a limited number of points, each the mean over as many consecutive steps. Steps are added one by one:
 * when the points are used up, neighbours become one, so a log of any length needs the same memory.
 */
final class BinnedSteps {
  private static final MathContext DIGITS = new MathContext(5);

  private final int limit;
  private final double[][] sums;
  private final int[][] counts;
  private final double[] totals;
  private final long[] steps;
  private int width = 1;
  private int rows;

  /**
   * Points for a number of columns.
   *
   * @param limit the largest number of points, even
   */
  BinnedSteps(int columns, int limit) {
    this.limit = limit;
    this.sums = new double[columns][limit];
    this.counts = new int[columns][limit];
    this.totals = new double[columns];
    this.steps = new long[limit];
  }

  /**
   * Adds a step.
   *
   * @param values one for each column; those that are not finite are absent
   */
  void add(long step, double[] values) {
    if (rows == width * limit) {
      merge();
    }
    int bin = rows / width;
    rows++;
    steps[bin] = step;
    for (int column = 0; column < values.length; column++) {
      if (Double.isFinite(values[column])) {
        sums[column][bin] += values[column];
        counts[column][bin]++;
        totals[column] += values[column];
      }
    }
  }

  private void merge() {
    for (int column = 0; column < sums.length; column++) {
      for (int bin = 0; bin < limit; bin++) {
        sums[column][bin] = bin < limit / 2 ? sums[column][2 * bin] + sums[column][2 * bin + 1] : 0;
        counts[column][bin] =
            bin < limit / 2 ? counts[column][2 * bin] + counts[column][2 * bin + 1] : 0;
      }
    }
    for (int bin = 0; bin < limit / 2; bin++) {
      steps[bin] = steps[2 * bin + 1];
    }
    width *= 2;
  }

  /** Returns over how many steps each point is the mean. */
  int width() {
    return width;
  }

  /** Returns the last step of each point. */
  List<Long> steps() {
    return Arrays.stream(steps, 0, bins()).boxed().toList();
  }

  /** Returns the means of a column, rounded to {@code 5} digits; null where no step had a value. */
  List<Double> means(int column) {
    var means = new ArrayList<Double>();
    for (int bin = 0; bin < bins(); bin++) {
      int count = counts[column][bin];
      means.add(count == 0 ? null : rounded(sums[column][bin] / count));
    }
    return Collections.unmodifiableList(means);
  }

  /** Returns the number of steps. */
  int rows() {
    return rows;
  }

  /** Returns the mean of a column over all steps, rounded; null if no step had a value. */
  Double mean(int column) {
    int count = Arrays.stream(counts[column]).sum();
    return count == 0 ? null : rounded(totals[column] / count);
  }

  /** Returns the sum of a column over all steps. */
  double total(int column) {
    return totals[column];
  }

  private int bins() {
    return (rows + width - 1) / width;
  }

  private static double rounded(double value) {
    return new BigDecimal(value).round(DIGITS).doubleValue();
  }
}
