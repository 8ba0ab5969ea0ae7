package org.tdro.keras;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/**
 * Moves weights against their gradients. An optimizer belongs to one model: its slots are variables of the model's
 * graph, saved with it. What is common to all optimizers (accumulation over micro-batches, clipping) is here, as in
 * Keras; {@link #update} is the rule itself.
 */
public abstract class Optimizer {
  private LearningRateSchedule schedule;
  private float globalClipNorm;
  private int gradientAccumulationSteps = 1;
  private final Map<String, Weight> slots = new LinkedHashMap<>();
  private Variables variables;
  private Placeholder<TFloat64> fed;
  private Rates rates;

  /** An optimizer with that learning rate for every update. */
  protected Optimizer(LearningRateSchedule schedule) {
    this.schedule = schedule;
  }

  /** Scales all gradients by min(1, norm / (their global norm + 1e-6)); 0, the default, leaves them as they are. */
  public Optimizer globalClipNorm(float norm) {
    if (!(norm >= 0)) {
      throw new IllegalArgumentException("the clip norm must be at least 0, was " + norm);
    }
    requireNotBuilt();
    globalClipNorm = norm;
    return this;
  }

  /** Updates the weights once in {@code steps} micro-batches, with the mean of their gradients. */
  public Optimizer gradientAccumulationSteps(int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException(
          "there must be at least 1 micro-batch an update, was " + steps);
    }
    requireNotBuilt();
    gradientAccumulationSteps = steps;
    return this;
  }

  /** Refuses to change what is part of the graph already. */
  private void requireNotBuilt() {
    if (variables != null) {
      throw new IllegalStateException(
          "the optimizer is part of a model that is trained already: configure it before fit");
    }
  }

  /** Micro-batches of one update. */
  public int gradientAccumulationSteps() {
    return gradientAccumulationSteps;
  }

  /** The learning rate of every update. */
  public LearningRateSchedule learningRate() {
    return schedule;
  }

  /** Changes the learning rate from the next update on. */
  public void setLearningRate(LearningRateSchedule schedule) {
    this.schedule = schedule;
  }

  /** Adds the placeholder of the scalars; slots are added to {@code variables} with each weight. */
  public void build(Ops tf, Variables variables) {
    if (this.variables != null) {
      throw new IllegalStateException("an optimizer belongs to one model");
    }
    this.variables = variables;
    var scope = tf.withSubScope("optimizer");
    fed = scope.withName("rates").placeholder(TFloat64.class, Placeholder.shape(Shape.of(2)));
    var scalars = scope.unstack(fed, 2L).output();
    rates = new Rates(scalars.get(0), scalars.get(1));
  }

  /**
   * Feeds the scalars of an update; the caller closes the tensor after the run.
   *
   * @param updatesDone updates that this optimizer has done before
   */
  public TFloat64 feed(Session.Runner runner, long updatesDone) {
    var scalars = TFloat64.vectorOf(schedule.rate(updatesDone), (double) (updatesDone + 1));
    runner.feed(fed, scalars);
    return scalars;
  }

  /**
   * The rule: moves {@code weight} and its slots.
   *
   * @param tf operations that run after everything that reads the weight
   * @param gradient to descend, in the shape of the weight
   * @param rates the scalars of this update
   * @return the weight after the update
   */
  public abstract Operand<TFloat32> update(
      Ops tf, Weight weight, Operand<TFloat32> gradient, Rates rates);

  /** The scalars of an update; {@code iteration} counts this optimizer's updates from 1. */
  public record Rates(Operand<TFloat64> learningRate, Operand<TFloat64> iteration) {
    /** The learning rate in the precision of the weights. */
    public Operand<TFloat32> learningRate(Ops tf) {
      return tf.dtypes.cast(learningRate, TFloat32.class);
    }
  }

  /** Returns the scalars of the update that is fed. */
  public Rates rates() {
    return rates;
  }

  /** Whether {@link #build} was called. */
  final boolean isBuilt() {
    return variables != null;
  }

  /** The slots so far. */
  final List<Weight> slots() {
    return List.copyOf(slots.values());
  }

  private static Op constrained(Ops moved, Weight weight, Constraint constraint) {
    return weight.assign(moved, constraint.apply(moved, weight.read(moved)));
  }

  /**
   * A slot of {@code weight} in {@code shape}, all {@code initial} before the first update; the same one whenever it is asked
   * for, so that a further optimizer of a step keeps its slots when the model is compiled again.
   */
  protected Weight slot(Weight weight, String name, Shape shape, float initial) {
    return slots.computeIfAbsent(
        "optimizer/" + weight.name() + "/" + name,
        full -> variables.addState(full, shape, Initializer.constant(initial)));
  }

  /** A slot of {@code weight} in its shape, all {@code initial} before the first update. */
  protected Weight slot(Weight weight, String name, float initial) {
    return slot(weight, name, weight.shape(), initial);
  }

  /**
   * The operations of a micro-batch that only adds to the accumulated gradients, and of one that updates.
   *
   * @param gradientNorm L2 norm of the whole gradient of an update before it is clipped, a scalar
   */
  public record Updates(List<Op> accumulate, List<Op> update, Operand<TFloat32> gradientNorm) {}

  /** @param gated operations that run after everything else of the step */
  final Updates apply(
      Ops tf,
      Ops gated,
      StepCounter counter,
      List<Weight> weights,
      List<Operand<TFloat32>> gradients) {
    var accumulate = new ArrayList<Op>();
    var means = new ArrayList<Operand<TFloat32>>();
    for (int i = 0; i < weights.size(); i++) {
      if (gradientAccumulationSteps == 1) {
        means.add(gradients.get(i));
        continue;
      }
      var accumulator = accumulator(weights.get(i));
      // The first micro-batch overwrites, so what an update that failed midway left behind does no
      // harm.
      var first = tf.math.equal(
          tf.math.floorMod(counter.microBatch(), tf.constant((long) gradientAccumulationSteps)),
          tf.constant(0L));
      var sum = tf.math.add(accumulator.value(), gradients.get(i));
      accumulate.add(accumulator.assign(gated, gated.select(first, gradients.get(i), sum)));
      means.add(tf.math.mul(sum, tf.constant(1f / gradientAccumulationSteps)));
    }
    var norm = globalNorm(tf, means);
    return new Updates(accumulate, update(gated, weights, clipped(tf, means, norm)), norm);
  }

  /** Adds the slot that accumulates the gradients of {@code weight} across runs of the graph. */
  public final Weight accumulator(Weight weight) {
    return slot(weight, "accumulator", 0);
  }

  /**
   * Moves {@code weights} along gradients that earlier runs accumulated, clipped, in a run of its own.
   *
   * @return the operations of the update, each behind all {@code gradients}; there is nothing to accumulate
   */
  public final Updates applyAccumulated(
      Ops tf, List<Weight> weights, List<Operand<TFloat32>> gradients) {
    var norm = globalNorm(tf, gradients);
    var clipped = clipped(tf, gradients, norm);
    var gated =
        tf.withSubScope(UpdateTime.SCOPE).withControlDependencies(new ArrayList<Op>(clipped));
    return new Updates(List.of(), update(gated, weights, clipped), norm);
  }

  /** Returns the L2 norm of all gradients together; the gradient of a table is the one whole table, rows looked up several times summed. */
  private static Operand<TFloat32> globalNorm(Ops tf, List<Operand<TFloat32>> gradients) {
    if (gradients.isEmpty()) {
      return tf.constant(0f);
    }
    var halfSquares = new ArrayList<Operand<TFloat32>>();
    gradients.forEach(gradient -> halfSquares.add(tf.nn.l2Loss(gradient)));
    return tf.math.sqrt(tf.math.mul(tf.math.addN(halfSquares), tf.constant(2f)));
  }

  /** Returns the gradients of that norm, limited to the largest if there is one. */
  private List<Operand<TFloat32>> clipped(
      Ops tf, List<Operand<TFloat32>> gradients, Operand<TFloat32> norm) {
    if (globalClipNorm == 0) {
      return gradients;
    }
    var factor = clipFactor(tf, norm, globalClipNorm);
    var scaled = new ArrayList<Operand<TFloat32>>();
    gradients.forEach(gradient -> scaled.add(tf.math.mul(gradient, factor)));
    return scaled;
  }

  /** The operations that move the weights. */
  final List<Op> update(Ops gated, List<Weight> weights, List<Operand<TFloat32>> gradients) {
    var update = new ArrayList<Op>();
    for (int i = 0; i < weights.size(); i++) {
      var weight = weights.get(i);
      Op moved = update(gated, weight, gradients.get(i), rates);
      update.add(variables
          .constraint(weight)
          .map(constraint ->
              constrained(gated.withControlDependencies(List.of(moved)), weight, constraint))
          .orElse(moved));
    }
    return update;
  }

  /**
   * Returns the factor min(1, limit / (norm + 1e-6)) by which gradients of that norm are scaled, as torch's {@code
   * clip_grad_norm_} does.
   *
   * @param norm L2 norm of the gradients, a scalar
   */
  public static Operand<TFloat32> clipFactor(Ops tf, Operand<TFloat32> norm, float limit) {
    var ratio = tf.math.div(tf.constant(limit), tf.math.add(norm, tf.constant(1e-6f)));
    return tf.math.minimum(tf.constant(1f), ratio);
  }

  /** Returns the gradient of the loss plus half the decay times the squared norm of the weight. */
  protected static Operand<TFloat32> withDecay(
      Ops tf, Weight weight, Operand<TFloat32> gradient, float weightDecay) {
    return weightDecay == 0
        ? gradient
        : tf.math.add(gradient, tf.math.mul(weight.value(), tf.constant(weightDecay)));
  }
}
