package org.tdro.mixing;

import java.util.List;
import java.util.Map;
import org.tdro.keras.Weight;
import org.tdro.retriever.contrastive.RowLosses;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Group DRO, online (Sagawa et al. 2020, arXiv 1911.08731, algorithm 1): with ℓ_g the mean loss of a domain's rows,
 * α_g ← α_g · exp(η ℓ_g), normalised, and the model minimises Σ_g α_g ℓ_g. A domain without rows counts as one of loss 0, as in
 * {@code loss.py} of the published code (kohpangwei/group_DRO).
 */
public final class GroupDro extends ExponentiatedGradient {

  /**
   * A learner that is not yet part of a model.
   *
   * @param stepSize η; the published code's is 0.01
   * @param ema share of the newest weights in their moving average
   */
  public GroupDro(double stepSize, double ema, List<Double> initialWeights) {
    super(stepSize, initialWeights, ema, LearnedMixture.Result.LAST);
  }

  @Override
  Operand<TFloat32> scores(Ops tf, RowLosses rows) {
    return rows.loss();
  }

  @Override
  Operand<TFloat32> measures(
      Ops tf,
      Operand<TFloat32> means,
      Operand<TFloat32> rows,
      Map<Weight, Operand<TFloat32>> moved) {
    return means;
  }

  @Override
  Operand<TFloat32> smoothed(Ops tf, Operand<TFloat32> normalized) {
    return normalized;
  }

  /** Gives each row α_g ÷ the number of its domain's rows. */
  @Override
  Operand<TFloat32> exampleWeights(Ops tf, Operand<TFloat32> weights, RowLosses rows) {
    var share = tf.math.divNoNan(weights, rows.rowsByDomain(tf));
    return tf.gather(share, rows.domainIds(), tf.constant(0));
  }
}
