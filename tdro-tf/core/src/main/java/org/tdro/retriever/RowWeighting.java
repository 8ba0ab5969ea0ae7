package org.tdro.retriever;

import java.util.List;
import java.util.Map;
import org.tdro.keras.GradientTape;
import org.tdro.keras.LogKey;
import org.tdro.keras.Optimizer;
import org.tdro.keras.StepCounter;
import org.tdro.keras.Variables;
import org.tdro.keras.Weight;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Weighting of the rows of a micro-batch in the loss Σ_i w_i ℓ_i that a {@link ContrastiveModel} minimises; it may be learned
 * from the losses. Like an optimizer, an object of this type belongs to one model.
 */
public interface RowWeighting {

  /** Returns the weighting under which the loss is the mean over the rows. */
  static RowWeighting uniform() {
    return new RowWeighting() {
      @Override
      public Weighted weigh(GradientTape tape, StepCounter counter, RowLosses rows) {
        return new Weighted(equal(tape.tf(), rows), Map.of(), Map.of());
      }
    };
  }

  /** Returns weights of 1 / batch, {@code [batch]}. */
  static Operand<TFloat32> equal(Ops tf, RowLosses rows) {
    var ones = tf.onesLike(rows.loss());
    return tf.math.div(ones, tf.sum(ones, tf.constant(0)));
  }

  /** Returns whether the losses are compared with those of a frozen reference model. */
  default boolean needsReference() {
    return false;
  }

  /** Returns the optimizers that move its state; the model builds them, feeds their rates and saves their slots. */
  default List<Optimizer> optimizers() {
    return List.of();
  }

  /** Adds its state, which is saved with the model, to the model's variables: called once, before {@link #weigh}. */
  default void build(Ops tf, Variables variables) {}

  /**
   * Adds the weighting of a micro-batch to the graph. State that is written elsewhere than in {@link Weighted#assignments}
   * must be written whenever a log is fetched.
   *
   * @param rows with reference losses exactly if {@link #needsReference}
   */
  Weighted weigh(GradientTape tape, StepCounter counter, RowLosses rows);

  /**
   * The weights of the rows of a micro-batch.
   *
   * @param weights w, {@code [batch]}; no gradient flows into them
   * @param logs what a step reports in addition to its losses: scalars and {@code [domains]}
   * @param assignments the values that state takes at the end of the micro-batch
   */
  record Weighted(
      Operand<TFloat32> weights,
      Map<LogKey<?>, Operand<TFloat32>> logs,
      Map<Weight, Operand<TFloat32>> assignments) {

    /** Returns the same with other weights. */
    public Weighted with(Operand<TFloat32> weights) {
      return new Weighted(weights, logs, assignments);
    }
  }
}
