package org.tdro.keras;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tdro.io.CounterRandom;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * The settings of a forward pass: the operations of the graph, training or inference, the precision of matrix products,
 * random numbers, and whether activations are kept or recomputed. Immutable; the {@code with} methods
 * derive others.
 */
public final class CallContext {
  private final Ops tf;
  private final LayerScope scope;
  private final RandomStream random;
  private final boolean training;
  private final ComputeType computeType;
  /** The values that layers assign to variables in this forward pass. */
  private final Map<Weight, Operand<TFloat32>> assignments;

  /** Records blocks whose activations are recomputed; null where activations are kept. */
  private final GradientTape recorder;

  /** The source of random numbers. */
  record RandomStream(long seed, Operand<TInt64> counter) {}

  private CallContext(
      Ops tf,
      LayerScope scope,
      RandomStream random,
      boolean training,
      ComputeType computeType,
      Map<Weight, Operand<TFloat32>> assignments,
      GradientTape recorder) {
    this.tf = tf;
    this.scope = scope;
    this.random = random;
    this.training = training;
    this.computeType = computeType;
    this.assignments = assignments;
    this.recorder = recorder;
  }

  /** Returns a context without dropout, in single precision, for layers that are built already. */
  public static CallContext inference(Ops tf) {
    return new CallContext(tf, null, null, false, ComputeType.FLOAT32, new LinkedHashMap<>(), null);
  }

  /**
   * Returns a context with dropout, in single precision, for layers that are built already.
   *
   * @param seed of all random numbers
   * @param counter moves them on with every micro-batch
   */
  public static CallContext training(Ops tf, long seed, StepCounter counter) {
    var random = new RandomStream(seed, counter.microBatch());
    return new CallContext(
        tf, null, random, true, ComputeType.FLOAT32, new LinkedHashMap<>(), null);
  }

  /** The operations that a layer adds to. */
  public Ops tf() {
    return tf;
  }

  /** Whether dropout and the like are in force. */
  public boolean training() {
    return training;
  }

  /** The precision of matrix products. */
  public ComputeType computeType() {
    return computeType;
  }

  /** Returns the same context for a graph's other operations, such as those behind control dependencies. */
  public CallContext withTf(Ops operations) {
    return new CallContext(operations, scope, random, training, computeType, assignments, recorder);
  }

  /** Returns the same context for training or for inference. */
  public CallContext withTraining(boolean inForce) {
    return new CallContext(tf, scope, random, inForce, computeType, assignments, recorder);
  }

  /** Returns the same context with matrix products in {@code type}. */
  public CallContext withComputeType(ComputeType type) {
    return new CallContext(tf, scope, random, training, type, assignments, recorder);
  }

  /** Returns the same context in which layers that are called for the first time create their weights in {@code where}. */
  public CallContext withScope(LayerScope where) {
    return new CallContext(tf, where, random, training, computeType, assignments, recorder);
  }

  /**
   * Returns the same context with random numbers of its own, for one of several calls of the same layers in a forward pass.
   *
   * @param number of the call; calls of different numbers draw different random numbers
   */
  public CallContext withRandomStream(int number) {
    var other = random == null
        ? null
        : new RandomStream(CounterRandom.bits(random.seed(), number), random.counter());
    return new CallContext(tf, scope, other, training, computeType, assignments, recorder);
  }

  /**
   * Returns the same context with gradient checkpointing (Chen et al. 2016): {@link #callBlock} keeps the input of a block
   * in memory and not its activations, and the gradients of {@code tape} call the block once more.
   */
  public CallContext withCheckpointing(GradientTape tape) {
    return new CallContext(tf, scope, random, training, computeType, assignments, tape);
  }

  private CallContext keepingActivations() {
    return new CallContext(tf, scope, random, training, computeType, assignments, null);
  }

  /**
   * Calls one of a model's blocks: a part whose activations may be dropped after the forward pass and recomputed for the
   * backward pass. A block must compute the same both times, as {@link org.tdro.keras.layers.Dropout} does.
   */
  public Operand<TFloat32> callBlock(Layer<TFloat32> block, Operand<TFloat32> x) {
    return recorder == null || !training
        ? block.call(this, x)
        : recorder.record(block, keepingActivations(), x);
  }

  /**
   * Returns the seed of a stateless random operation, {@code [2]}. It follows from the model's seed, {@code name} and the
   * micro-batch: each name has random numbers of its own, and a run that resumes draws the same ones.
   *
   * @param name path of the layer that draws, see {@link LayerScope#path}
   * @throws IllegalStateException in a context for inference outside a model
   */
  public Operand<TInt64> randomSeed(String name) {
    if (random == null) {
      throw new IllegalStateException(
          name + " draws random numbers, but this context has none: it is for inference");
    }
    long key =
        random.seed() ^ Long.rotateLeft(CounterRandom.nameHash(name), 17) * CounterRandom.GOLDEN;
    return tf.stack(List.of(tf.constant(key), random.counter()));
  }

  /**
   * Assigns {@code value} to {@code weight}, such as a moving average, once everything of the training step has read it. Of several
   * assignments to a weight in one forward pass the first counts.
   */
  public void assign(Weight weight, Operand<TFloat32> value) {
    assignments.putIfAbsent(weight, value);
  }

  /** Returns what layers have assigned so far. */
  public Map<Weight, Operand<TFloat32>> assignments() {
    return assignments;
  }

  /** Multiplies matrices in the context's precision: {@code [n, k] × [k, m] -> [n, m]}. */
  public Operand<TFloat32> matMul(Operand<TFloat32> a, Operand<TFloat32> b) {
    return switch (computeType) {
      case FLOAT32 -> tf.linalg.matMul(a, b);
      case BFLOAT16 -> wide(tf.linalg.matMul(narrow(a), narrow(b)));
    };
  }

  /**
   * Multiplies the matrices in the last two axes in the context's precision: {@code [..., n, k] × [..., k, m] -> [..., n, m]}.
   *
   * @param transposeB whether {@code b} is {@code [..., m, k]}
   */
  public Operand<TFloat32> batchMatMul(
      Operand<TFloat32> a, Operand<TFloat32> b, boolean transposeB) {
    return switch (computeType) {
      case FLOAT32 -> batchMatMul(tf, a, b, transposeB);
      case BFLOAT16 -> wide(batchMatMul(tf, narrow(a), narrow(b), transposeB));
    };
  }

  /** The second version of TensorFlow's operation; Java's API emits the third, which oneDNN does not take (7 % slower). */
  private static <T extends TNumber> Operand<T> batchMatMul(
      Ops tf, Operand<T> a, Operand<T> b, boolean transposeB) {
    return tf.scope()
        .opBuilder("BatchMatMulV2", "BatchMatMulV2")
        .addInput(a.asOutput())
        .addInput(b.asOutput())
        .setAttr("adj_x", false)
        .setAttr("adj_y", transposeB)
        .build()
        .output(0);
  }

  private Operand<TBfloat16> narrow(Operand<TFloat32> x) {
    return tf.dtypes.cast(x, TBfloat16.class);
  }

  private Operand<TFloat32> wide(Operand<TBfloat16> x) {
    return tf.dtypes.cast(x, TFloat32.class);
  }

  /** Returns the scope in which a layer that is called for the first time creates its weights. */
  LayerScope scope(String layer) {
    if (scope == null) {
      throw new IllegalStateException("the layer " + layer
          + " has no weights yet: build it, or call it with the context of a model");
    }
    return scope;
  }
}
