package org.tdro.mixing;

import java.util.List;
import java.util.Map;
import org.tdro.keras.Initializer;
import org.tdro.keras.Variables;
import org.tdro.keras.Weight;
import org.tdro.retriever.contrastive.RowLosses;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * DoReMi (Xie et al. 2023, arXiv 2305.10429, algorithm 1): with proxy losses ℓ and reference losses r, λ_g is the mean over a
 * domain's rows of max(0, ℓ − r), that of a domain without rows is its last one, and with the uniform mixture u over k domains
 *
 * <p>α ← (1 − c) · α exp(η λ) / Σ_g α_g exp(η λ_g) + c · u.
 *
 * <p>The model minimises Σ_i ŵ_i ℓ_i with ŵ_i = α_d(i) / Σ_j α_d(j). The result is the mean of α over all updates. A row takes
 * the place of the paper's token. This is {@code trainer.py} of the published code (sangmichaelxie/doremi) except for two things: there, a
 * domain that was never seen has the logarithm of the vocabulary's size as its last λ, here 0; and there, the initial weights enter the
 * mean.
 */
public final class DoReMi extends ExponentiatedGradient {
  private final double smoothing;
  private Weight lastMeasures;

  /**
   * A learner that is not yet part of a model.
   *
   * @param stepSize η; the paper's is 1
   * @param smoothing c, from 0 to 1; the paper's is 1e-3
   * @param ema share of the newest weights in their moving average
   */
  public DoReMi(double stepSize, double smoothing, double ema, List<Double> initialWeights) {
    super(stepSize, initialWeights, ema, LearnedMixture.Result.MEAN);
    if (!(smoothing >= 0 && smoothing <= 1)) {
      throw new IllegalArgumentException("smoothing must be in 0 … 1, was " + smoothing);
    }
    this.smoothing = smoothing;
  }

  @Override
  public boolean needsReference() {
    return true;
  }

  @Override
  protected Operand<TFloat32> addWeights(Ops tf, Variables variables, float[] initial) {
    lastMeasures = add(variables, "last_measures", Initializer.zeros());
    return super.addWeights(tf, variables, initial);
  }

  @Override
  Operand<TFloat32> scores(Ops tf, RowLosses rows) {
    return tf.nn.relu(tf.math.sub(rows.loss(), rows.requiredReference()));
  }

  @Override
  Operand<TFloat32> measures(
      Ops tf,
      Operand<TFloat32> means,
      Operand<TFloat32> rows,
      Map<Weight, Operand<TFloat32>> moved) {
    var present = tf.math.greater(rows, tf.constant(0f));
    var measures = tf.select(present, means, lastMeasures.value());
    moved.put(lastMeasures, measures);
    return measures;
  }

  @Override
  Operand<TFloat32> smoothed(Ops tf, Operand<TFloat32> normalized) {
    return tf.math.add(
        tf.math.mul(normalized, tf.constant((float) (1 - smoothing))),
        tf.constant((float) (smoothing / domains())));
  }

  @Override
  Operand<TFloat32> exampleWeights(Ops tf, Operand<TFloat32> weights, RowLosses rows) {
    var ofRows = tf.gather(weights, rows.domainIds(), tf.constant(0));
    return tf.math.div(ofRows, tf.sum(ofRows, tf.constant(0)));
  }
}
