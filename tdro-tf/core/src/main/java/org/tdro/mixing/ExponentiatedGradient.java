package org.tdro.mixing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tdro.keras.GradientTape;
import org.tdro.keras.Initializer;
import org.tdro.keras.LogKey;
import org.tdro.keras.StepCounter;
import org.tdro.keras.Variables;
import org.tdro.keras.Weight;
import org.tdro.retriever.contrastive.RowLosses;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Learner by mirror ascent without an optimizer: α_g ← α_g · exp(η λ_g), normalised, where λ_g is the mean score of the domain's rows over
 * the micro-batches of an update. α moves when the losses of the last micro-batch are known and before its rows are weighed.
 */
abstract class ExponentiatedGradient extends MixtureLearner {
  private final double stepSize;
  private Weight weights;
  private Weight scoreSum;
  private Weight rowSum;

  ExponentiatedGradient(
      double stepSize, List<Double> initialWeights, double ema, LearnedMixture.Result result) {
    super(initialWeights, ema, result);
    if (!(stepSize > 0 && stepSize < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the step size must be above 0 and finite, was " + stepSize);
    }
    this.stepSize = stepSize;
  }

  @Override
  protected Operand<TFloat32> addWeights(Ops tf, Variables variables, float[] initial) {
    double sum = 0;
    for (float weight : initial) {
      sum += weight;
    }
    var normalized = new float[initial.length];
    for (int domain = 0; domain < initial.length; domain++) {
      normalized[domain] = (float) (initial[domain] / sum);
    }
    weights = add(variables, "weights", Initializer.values(normalized));
    scoreSum = add(variables, "score_sum", Initializer.zeros());
    rowSum = add(variables, "row_sum", Initializer.zeros());
    return weights.value();
  }

  /** Returns the scores of rows, {@code [batch]}. */
  abstract Operand<TFloat32> scores(Ops tf, RowLosses rows);

  /**
   * Returns λ, {@code [domains]}.
   *
   * @param means the mean scores of the domains, 0 for a domain without rows in this update
   * @param rows numbers of rows of each domain in this update
   * @param moved map to which the new values of further state are added
   */
  abstract Operand<TFloat32> measures(
      Ops tf,
      Operand<TFloat32> means,
      Operand<TFloat32> rows,
      Map<Weight, Operand<TFloat32>> moved);

  /** Returns α after the update, from the normalised α. */
  abstract Operand<TFloat32> smoothed(Ops tf, Operand<TFloat32> normalized);

  /** Returns the weights of rows under α, {@code [batch]}. */
  abstract Operand<TFloat32> exampleWeights(Ops tf, Operand<TFloat32> weights, RowLosses rows);

  @Override
  public final Weighted weigh(GradientTape tape, StepCounter counter, RowLosses rows) {
    var tf = tape.tf().withSubScope("domain_weights");
    var scores = tf.math.add(scoreSum.value(), rows.sumByDomain(tf, scores(tf, rows)));
    var counts = tf.math.add(rowSum.value(), rows.rowsByDomain(tf));

    var moved = new LinkedHashMap<Weight, Operand<TFloat32>>();
    var measures = measures(tf, tf.math.divNoNan(scores, counts), counts, moved);
    // In logarithms, so that a large η λ does not overflow.
    var ascended = tf.math.add(
        tf.math.log(weights.value()), tf.math.mul(measures, tf.constant((float) stepSize)));
    var updated = smoothed(tf, tf.nn.softmax(ascended));
    moved.put(weights, updated);
    moved.put(mean(), nextMean(tf, counter, updated));
    moved.put(ema(), nextEma(tf, updated));

    var last = counter.completesUpdate();
    var assignments = new LinkedHashMap<Weight, Operand<TFloat32>>();
    moved.forEach(
        (weight, value) -> assignments.put(weight, tf.select(last, value, weight.value())));
    assignments.put(scoreSum, tf.select(last, tf.zerosLike(scores), scores));
    assignments.put(rowSum, tf.select(last, tf.zerosLike(counts), counts));

    var current = assignments.get(weights);
    var logs = new LinkedHashMap<LogKey<?>, Operand<TFloat32>>();
    logs.put(MEAN_LOSS, tf.math.mean(rows.loss(), tf.constant(0)));
    logs.put(MEASURE, measures);
    logs.put(WEIGHT, current);
    return new Weighted(exampleWeights(tf, current, rows), logs, assignments);
  }
}
