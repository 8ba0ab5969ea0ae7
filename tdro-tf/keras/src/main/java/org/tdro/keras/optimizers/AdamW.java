package org.tdro.keras.optimizers;

import java.util.List;
import java.util.function.Predicate;
import org.tdro.keras.LearningRateSchedule;
import org.tdro.keras.Optimizer;
import org.tdro.keras.Weight;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/** Adam with decoupled weight decay (Loshchilov and Hutter 2019); one fused kernel for each weight. */
public final class AdamW extends Optimizer {
  private final float beta1;
  private final float beta2;
  private final double epsilon;
  private final float weightDecay;
  private final Predicate<Weight> decays;

  private AdamW(Builder builder) {
    super(builder.schedule);
    beta1 = (float) builder.beta1;
    beta2 = (float) builder.beta2;
    epsilon = builder.epsilon;
    weightDecay = builder.weightDecay;
    decays = builder.decays;
  }

  /** Returns a builder without weight decay, β = (0.9, 0.999), ε = 1e-8. */
  public static Builder builder(LearningRateSchedule schedule) {
    return new Builder(schedule);
  }

  /** Returns Adam: a constant learning rate, no weight decay, β = (0.9, 0.999), ε = 1e-8. */
  public static AdamW of(double learningRate) {
    return builder(LearningRateSchedule.constant(learningRate)).build();
  }

  @Override
  public Operand<TFloat32> update(Ops tf, Weight weight, Operand<TFloat32> gradient, Rates rates) {
    var m = slot(weight, "m", 0).handle();
    var v = slot(weight, "v", 0).handle();
    var one = tf.constant(1.0);
    var power1 = tf.math.pow(tf.constant((double) beta1), rates.iteration());
    var power2 = tf.math.pow(tf.constant((double) beta2), rates.iteration());
    // The kernel computes w -= rate'·m/(√v + ε'). With rate' = rate·√(1-β2ᵗ)/(1-β1ᵗ) and
    // ε' = ε·√(1-β2ᵗ) that is the usual rate·m̂/(√v̂ + ε). It would take the powers in single
    // precision, where 1-β2ᵗ loses its digits; so they are taken here in double, of the same
    // (single) β, and the kernel is given powers of 0.
    var root2 = tf.math.sqrt(tf.math.sub(one, power2));
    var kernelRate =
        tf.math.div(tf.math.mul(rates.learningRate(), root2), tf.math.sub(one, power1));
    var kernelEpsilon = tf.math.mul(tf.constant(epsilon), root2);
    var none = tf.constant(0f);
    var ready = tf;
    if (weightDecay > 0 && decays.test(weight)) {
      var decay = tf.math.mul(rates.learningRate(tf), tf.constant(weightDecay));
      // The product is a tensor of its own: a read that is alive at the update would make it copy
      // the variable.
      var decayed = weight.assignSub(tf, tf.math.mul(weight.value(), decay));
      ready = tf.withControlDependencies(List.of(decayed));
    }
    var moved = ready.train.resourceApplyAdam(
        weight.handle(),
        m,
        v,
        none,
        none,
        single(tf, kernelRate),
        tf.constant(beta1),
        tf.constant(beta2),
        single(tf, kernelEpsilon),
        gradient);
    return weight.read(tf.withControlDependencies(List.of((Op) moved)));
  }

  private static Operand<TFloat32> single(Ops tf, Operand<TFloat64> value) {
    return tf.dtypes.cast(value, TFloat32.class);
  }

  /** Collects the settings of an {@link AdamW}. */
  public static final class Builder {
    private final LearningRateSchedule schedule;
    private double beta1 = 0.9;
    private double beta2 = 0.999;
    private double epsilon = 1e-8;
    private float weightDecay;
    private Predicate<Weight> decays = weight -> weight.shape().numDimensions() > 1;

    private Builder(LearningRateSchedule schedule) {
      this.schedule = schedule;
    }

    /** Decay rates of the running means of the gradient and of its square. */
    public Builder betas(double beta1, double beta2) {
      this.beta1 = beta1;
      this.beta2 = beta2;
      return this;
    }

    /** Added to the root of the mean square. */
    public Builder epsilon(double epsilon) {
      this.epsilon = epsilon;
      return this;
    }

    /** Every update first shrinks the weights by this times the learning rate. */
    public Builder weightDecay(double weightDecay) {
      this.weightDecay = (float) weightDecay;
      return this;
    }

    /** Sets which weights shrink; by default those with more than one axis, so not biases and norms. */
    public Builder decays(Predicate<Weight> decays) {
      this.decays = decays;
      return this;
    }

    /** The optimizer. */
    public AdamW build() {
      return new AdamW(this);
    }
  }
}
