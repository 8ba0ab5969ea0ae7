package org.tdro.mixing.search;

import java.util.Arrays;

/**
 * The error 1 − v of a measure as a function of the mixture α: log(1 − v) = b + w · α, fitted by ridge regression to the values of models
 * that were trained on different mixtures. The form is that of Olmix (Chen et al. 2026) and, without its constant, of the data mixing laws of
 * Ye et al. (2024).
 *
 * <p>The ridge is the one of {@value #RIDGES} sizes with the least squared error of the models left out one at a time. An infinite one is among
 * them: a measure of which mixtures explain nothing gets w = 0. Since shares sum to 1, b and w are determined up to a constant; w sums to 0.
 *
 * @param intercept b
 * @param coefficients w: a negative one is that of a domain which lowers the error
 * @param ridge penalty of Σ w², relative to the variance of the shares; infinite if w = 0
 * @param explained share of the variance of log(1 − v) that is predicted in models left out of the fit; 0 if none is, 1 if all is
 * @param leftOut the values that are predicted of each model from the others
 */
@SuppressWarnings("ArrayRecordComponent") // to compute with, never compared
public record LogLinearFit(
    double intercept, double[] coefficients, double ridge, double explained, double[] leftOut) {
  /** The least error: below one wrong answer in a hundred, ratios of errors are mostly noise. */
  static final double LEAST_ERROR = 0.01;

  private static final int RIDGES = 15;
  private static final double LEAST_RIDGE = 1e-4;
  private static final double RIDGE_STEP = Math.sqrt(10);

  /** Returns the error that is predicted for a mixture. */
  public double error(double[] mixture) {
    return Math.exp(intercept + dot(coefficients, mixture));
  }

  /**
   * Fits a measure.
   *
   * @param mixtures shares of the domains of each model
   * @param values value of the measure for each model, in [0, 1]
   */
  public static LogLinearFit of(double[][] mixtures, double[] values) {
    if (mixtures.length != values.length || values.length < 3) {
      throw new IllegalArgumentException("a fit needs a value of each of at least 3 mixtures, has "
          + values.length + " of " + mixtures.length);
    }
    if (!Arrays.stream(values).allMatch(value -> value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(
          "values must be from 0 to 1, were " + Arrays.toString(values));
    }
    return new Ridge(
            mixtures,
            Arrays.stream(values)
                .map(value -> Math.log(Math.max(LEAST_ERROR, 1 - value)))
                .toArray())
        .best();
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** Ridge regression with an intercept that is not penalised, that is, of centred variables. */
  private static final class Ridge {
    private final int rows;
    private final int columns;
    private final double[] means;
    private final double[][] x;
    private final double mean;
    private final double[] y;

    Ridge(double[][] mixtures, double[] targets) {
      rows = targets.length;
      columns = mixtures[0].length;
      means = new double[columns];
      for (var mixture : mixtures) {
        for (int c = 0; c < columns; c++) {
          means[c] += mixture[c] / rows;
        }
      }
      x = new double[rows][columns];
      for (int r = 0; r < rows; r++) {
        for (int c = 0; c < columns; c++) {
          x[r][c] = mixtures[r][c] - means[c];
        }
      }
      mean = Arrays.stream(targets).average().orElseThrow();
      y = Arrays.stream(targets).map(target -> target - mean).toArray();
    }

    LogLinearFit best() {
      // Without w, the prediction of a model left out is the mean of the others.
      var best = new double[columns];
      var residuals = Arrays.stream(y).map(value -> value * rows / (rows - 1.0)).toArray();
      double unexplained = LogLinearFit.dot(residuals, residuals);
      double least = unexplained;
      double ridge = Double.POSITIVE_INFINITY;
      double variance =
          Arrays.stream(x).mapToDouble(row -> LogLinearFit.dot(row, row)).sum() / columns;
      for (int i = 0; i < RIDGES && variance > 0 && unexplained > 0; i++) {
        double size = LEAST_RIDGE * Math.pow(RIDGE_STEP, i);
        var factor = factor(size * variance);
        var w = solve(factor, products());
        var left = residuals(factor, w);
        double error = LogLinearFit.dot(left, left);
        if (error < least) {
          least = error;
          best = w;
          residuals = left;
          ridge = size;
        }
      }
      var leftOut = new double[rows];
      for (int r = 0; r < rows; r++) {
        leftOut[r] = 1 - Math.exp(mean + y[r] - residuals[r]);
      }
      return new LogLinearFit(
          mean - LogLinearFit.dot(best, means),
          best,
          ridge,
          unexplained == 0 ? 0 : 1 - least / unexplained,
          leftOut);
    }

    /** Returns Xᵀy. */
    private double[] products() {
      var products = new double[columns];
      for (int r = 0; r < rows; r++) {
        for (int c = 0; c < columns; c++) {
          products[c] += x[r][c] * y[r];
        }
      }
      return products;
    }

    /**
     * Returns the residual of each model from the fit to the others, (y − ŷ) / (1 − h), where h is the model's weight in its own prediction
     * (Allen 1974; exact for a ridge).
     */
    private double[] residuals(double[][] factor, double[] w) {
      var residuals = new double[rows];
      for (int r = 0; r < rows; r++) {
        double own = 1.0 / rows + LogLinearFit.dot(x[r], solve(factor, x[r]));
        residuals[r] = (y[r] - LogLinearFit.dot(w, x[r])) / (1 - own);
      }
      return residuals;
    }

    /** Returns the lower triangle L with L Lᵀ = XᵀX + ridge · I. */
    private double[][] factor(double ridge) {
      var factor = new double[columns][columns];
      for (int i = 0; i < columns; i++) {
        for (int j = 0; j <= i; j++) {
          double sum = i == j ? ridge : 0;
          for (var row : x) {
            sum += row[i] * row[j];
          }
          for (int k = 0; k < j; k++) {
            sum -= factor[i][k] * factor[j][k];
          }
          factor[i][j] = i == j ? Math.sqrt(sum) : sum / factor[j][j];
        }
      }
      return factor;
    }

    /** Returns z with L Lᵀ z = right. */
    private static double[] solve(double[][] factor, double[] right) {
      int n = right.length;
      var z = right.clone();
      for (int i = 0; i < n; i++) {
        for (int k = 0; k < i; k++) {
          z[i] -= factor[i][k] * z[k];
        }
        z[i] /= factor[i][i];
      }
      for (int i = n - 1; i >= 0; i--) {
        for (int k = i + 1; k < n; k++) {
          z[i] -= factor[k][i] * z[k];
        }
        z[i] /= factor[i][i];
      }
      return z;
    }
  }
}
