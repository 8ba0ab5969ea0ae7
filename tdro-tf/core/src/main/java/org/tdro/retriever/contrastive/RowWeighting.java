package org.tdro.retriever.contrastive;

import java.util.LinkedHashMap;
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

  /** Mean loss of the rows, each with the same weight. */
  LogKey<Double> MEAN_LOSS = LogKey.scalar("mean_loss");

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

  /**
   * Returns this weighting for batches of unlike numbers of rows: weights times rows ÷ {@code size}, so that a batch counts by its rows.
   * Reports the {@link #MEAN_LOSS}, too, since the weights no longer sum to 1.
   *
   * @param size number of rows that counts as one batch
   */
  default RowWeighting countingRows(int size) {
    return changed((tf, rows, weighted) -> {
      var factor =
          tf.math.div(tf.sum(tf.onesLike(rows.loss()), tf.constant(0)), tf.constant((float) size));
      var logs = new LinkedHashMap<>(weighted.logs());
      logs.putIfAbsent(MEAN_LOSS, tf.math.mean(rows.loss(), tf.constant(0)));
      return new Weighted(tf.math.mul(weighted.weights(), factor), logs, weighted.assignments());
    });
  }

  /** Returns this weighting with what a change makes of its weights. */
  default RowWeighting changed(Change change) {
    var original = this;
    return new RowWeighting() {
      @Override
      public boolean needsReference() {
        return original.needsReference();
      }

      @Override
      public List<Optimizer> optimizers() {
        return original.optimizers();
      }

      @Override
      public void build(Ops tf, Variables variables) {
        original.build(tf, variables);
      }

      @Override
      public Weighted weigh(GradientTape tape, StepCounter counter, RowLosses rows) {
        return change.of(tape.tf(), rows, original.weigh(tape, counter, rows));
      }
    };
  }

  /** A change of the weights of a micro-batch. */
  @FunctionalInterface
  interface Change {
    /** Returns the changed weights of {@code rows}. */
    Weighted of(Ops tf, RowLosses rows, Weighted weighted);
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
