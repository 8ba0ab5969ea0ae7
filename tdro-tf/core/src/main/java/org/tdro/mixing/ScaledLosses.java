package org.tdro.mixing;

import java.util.List;
import java.util.Map;
import org.tdro.keras.GradientTape;
import org.tdro.keras.StepCounter;
import org.tdro.retriever.contrastive.RowLosses;
import org.tdro.retriever.contrastive.RowWeighting;

/**
 * Fixed weights of domains as factors of their rows' losses, for domains that are drawn equally often: with weights α, which sum to 1, the
 * loss of a row is multiplied by n · α of its domain, where n is the number of domains with a weight. In expectation, this is the loss of
 * rows that are drawn by α.
 */
public final class ScaledLosses implements RowWeighting {
  private final float[] factors;

  /**
   * Creates a weighting.
   *
   * @param weights of each domain, at least one above 0; they need not sum to 1
   */
  public ScaledLosses(List<Double> weights) {
    double sum = weights.stream().mapToDouble(Double::doubleValue).sum();
    long drawn = weights.stream().filter(weight -> weight > 0).count();
    factors = new float[weights.size()];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = (float) (drawn * weights.get(i) / sum);
    }
  }

  /** Returns the weights by which domains are drawn: 1 for those with a weight, 0 for the others. */
  public static List<Double> sampling(List<Double> weights) {
    return weights.stream().map(weight -> weight > 0 ? 1.0 : 0.0).toList();
  }

  @Override
  public Weighted weigh(GradientTape tape, StepCounter counter, RowLosses rows) {
    var tf = tape.tf();
    var factor = tf.gather(tf.constant(factors), rows.domainIds(), tf.constant(0));
    return new Weighted(tf.math.mul(RowWeighting.equal(tf, rows), factor), Map.of(), Map.of());
  }
}
