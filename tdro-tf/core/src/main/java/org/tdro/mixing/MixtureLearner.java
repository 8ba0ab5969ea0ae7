package org.tdro.mixing;

import java.util.List;
import org.tdro.keras.Initializer;
import org.tdro.keras.LogKey;
import org.tdro.keras.StepCounter;
import org.tdro.keras.Variables;
import org.tdro.keras.Weight;
import org.tdro.retriever.contrastive.RowWeighting;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Row weighting that learns a mixture: weights α of the domains, at least 0 and with sum 1, which move once in every update of
 * the model. Keeps their mean and their exponential moving average.
 */
public abstract class MixtureLearner implements RowWeighting {
  /** The weights α after the step, {@code [domains]}. */
  public static final LogKey<float[]> WEIGHT = LogKey.vector("domain_weight");

  /** The measures that move α, {@code [domains]}. */
  public static final LogKey<float[]> MEASURE = LogKey.vector("domain_measure");

  private final float[] initial;
  private final double emaShare;
  private final LearnedMixture.Result result;
  private Operand<TFloat32> weights;
  private Weight mean;
  private Weight ema;

  /**
   * A learner that is not yet part of a model.
   *
   * @param initialWeights one for each domain, above 0; they need not sum to 1
   * @param ema e, the share of the newest weights in their exponential moving average, from 0 to 1
   * @param result the weights that the method calls its result
   */
  protected MixtureLearner(List<Double> initialWeights, double ema, LearnedMixture.Result result) {
    if (!(ema >= 0 && ema <= 1)) {
      throw new IllegalArgumentException("ema must be in 0 … 1, was " + ema);
    }
    initial = new float[initialWeights.size()];
    for (int domain = 0; domain < initial.length; domain++) {
      double weight = initialWeights.get(domain);
      if (!(weight > 0 && weight < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("the initial weight of domain " + domain
            + " must be above 0 and finite, was " + weight);
      }
      initial[domain] = (float) weight;
    }
    this.emaShare = ema;
    this.result = result;
  }

  @Override
  public final void build(Ops tf, Variables variables) {
    weights = addWeights(tf.withSubScope("domain_weights"), variables, initial.clone());
    mean = add(variables, "mean", Initializer.values(initial));
    ema = add(variables, "ema", Initializer.values(initial));
  }

  /**
   * Adds the state from which α is computed.
   *
   * @param initial values above 0, not normalised
   * @return α between two micro-batches, {@code [domains]}
   */
  protected abstract Operand<TFloat32> addWeights(Ops tf, Variables variables, float[] initial);

  /** Adds state of one value for each domain. */
  protected final Weight add(Variables variables, String name, Initializer initializer) {
    return variables.addState("domain_weights/" + name, Shape.of(initial.length), initializer);
  }

  /** Returns the number of domains. */
  protected final int domains() {
    return initial.length;
  }

  /**
   * Returns α between two micro-batches.
   *
   * @throws IllegalStateException if the learner was not built into a model
   */
  protected final Operand<TFloat32> weights() {
    if (weights == null) {
      throw new IllegalStateException("the learner has no state yet: build it into a model first");
    }
    return weights;
  }

  /** Returns the mean of α over the updates before this one. */
  protected final Weight mean() {
    return mean;
  }

  /** Returns the moving average of α over the updates before this one. */
  protected final Weight ema() {
    return ema;
  }

  /** Returns the mean when {@code updated} is α after this update: after c earlier ones (mean · c + α) / (c + 1). */
  protected final Operand<TFloat32> nextMean(
      Ops tf, StepCounter counter, Operand<TFloat32> updated) {
    // With c = 0 the initial weights drop out.
    var count = tf.dtypes.cast(counter.iteration(), TFloat32.class);
    var before = tf.math.sub(count, tf.constant(1f));
    return tf.math.div(tf.math.add(tf.math.mul(mean.value(), before), updated), count);
  }

  /** Returns the moving average when {@code updated} is α after this update: ema · (1 − e) + α · e. */
  protected final Operand<TFloat32> nextEma(Ops tf, Operand<TFloat32> updated) {
    return tf.math.add(
        tf.math.mul(ema.value(), tf.constant((float) (1 - emaShare))),
        tf.math.mul(updated, tf.constant((float) emaShare)));
  }

  /**
   * Returns the mixture learned so far.
   *
   * @param session of the model, between two micro-batches
   * @throws IllegalStateException if the learner was not built into a model
   */
  public final LearnedMixture learned(Session session) {
    var state = List.of(weights(), mean.value(), ema.value());
    var runner = session.runner();
    state.forEach(runner::fetch);
    try (var fetched = runner.run()) {
      return new LearnedMixture(
          LearnedMixture.values((TFloat32) fetched.get(0)),
          LearnedMixture.values((TFloat32) fetched.get(1)),
          LearnedMixture.values((TFloat32) fetched.get(2)),
          result);
    }
  }
}
