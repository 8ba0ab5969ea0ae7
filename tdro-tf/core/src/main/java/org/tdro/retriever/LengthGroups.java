package org.tdro.retriever;

import java.util.ArrayList;
import java.util.List;
import org.tdro.keras.CallContext;
import org.tdro.keras.Dimension;
import org.tdro.keras.Execution;
import org.tdro.keras.GradientTape;
import org.tdro.keras.Inputs;
import org.tdro.keras.Model;
import org.tdro.keras.RowEncoder;
import org.tdro.keras.TrainStep;
import org.tdro.keras.TrainingProgram;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * An execution in one run of the graph that sorts the texts of each input by length and encodes them in groups, each only as wide as
 * its longest text needs. The step gets the vectors in the order of the texts: what it computes is the same up to rounding, but
 * little of it is padding.
 *
 * @param groups number of groups of an input, at least 2, of sizes that differ by at most 1; some are empty if there are fewer texts
 * @param lengthMultiple widths are rounded up to a multiple of this, but not beyond that of the inputs
 */
record LengthGroups(int groups, int lengthMultiple) implements Execution {
  LengthGroups {
    if (groups < 2 || lengthMultiple < 1) {
      throw new IllegalArgumentException(
          "there must be at least 2 groups, and the multiple of lengths at least 1, were %d and %d"
              .formatted(groups, lengthMultiple));
    }
  }

  /** Texts: token ids and mask, {@code [texts, width]} each, the mask 1 at tokens and 0 at padding. */
  record Texts(Operand<TInt32> ids, Operand<TInt32> mask) {
    private Operand<TInt32> count(Ops tf) {
      return Dimension.of(tf, mask, 0);
    }

    private Operand<TInt32> width(Ops tf) {
      return Dimension.of(tf, mask, 1);
    }

    /** Returns the lengths, {@code [texts]}: the last position that is a token, at least 1. */
    private Operand<TInt32> lengths(Ops tf) {
      var one = tf.constant(1);
      var positions = tf.range(one, tf.math.add(width(tf), one), one);
      return tf.math.maximum(tf.max(tf.math.mul(mask, positions), one), one);
    }

    /** Returns the first columns of some texts. */
    private Texts part(Ops tf, Operand<TInt32> rows, Operand<TInt32> columns) {
      var origin = tf.constant(new int[] {0, 0});
      var size = tf.stack(List.of(tf.constant(-1), columns));
      return new Texts(
          tf.slice(tf.gather(ids, rows, tf.constant(0)), origin, size),
          tf.slice(tf.gather(mask, rows, tf.constant(0)), origin, size));
    }
  }

  @Override
  public Execution.Builder begin(Model model, GradientTape tape, Inputs batch) {
    var direct = Execution.direct().begin(model, tape, batch);
    return new Execution.Builder() {
      @Override
      public Operand<TFloat32> encode(
          CallContext context, RowEncoder encoder, List<String> inputs) {
        var texts = new Texts(batch.ints(inputs.get(0)), batch.ints(inputs.get(1)));
        return vectors(context, encoder, texts);
      }

      @Override
      public TrainingProgram program(TrainStep step) {
        return direct.program(step);
      }
    };
  }

  /** Returns the vectors of texts, {@code [texts, dimension]}. */
  Operand<TFloat32> vectors(CallContext context, RowEncoder encoder, Texts all) {
    var tf = context.tf();
    // The longest first, so a group begins with its longest. Equal ones keep their order, which
    // follows from the batch alone.
    var sorted = tf.nn.topK(all.lengths(tf), all.count(tf), TInt32.class);
    var vectors = new ArrayList<Operand<TFloat32>>();
    for (int group = 0; group < groups; group++) {
      var start = boundary(tf, all, group);
      var size = tf.math.sub(boundary(tf, all, group + 1), start);
      var longest = tf.gather(sorted.values(), start, tf.constant(0));
      var part = all.part(
          tf,
          tf.slice(sorted.indices(), tf.stack(List.of(start)), tf.stack(List.of(size))),
          tf.math.minimum(all.width(tf), roundedUp(tf, longest)));
      vectors.add(encoder.call(context.withRandomStream(group), List.of(part.ids(), part.mask())));
    }
    var places = tf.math.invertPermutation(sorted.indices());
    return tf.gather(tf.concat(vectors, tf.constant(0)), places, tf.constant(0));
  }

  /** Returns the number of texts in the groups before {@code group}. */
  private Operand<TInt32> boundary(Ops tf, Texts texts, int group) {
    return tf.math.floorDiv(tf.math.mul(texts.count(tf), tf.constant(group)), tf.constant(groups));
  }

  private Operand<TInt32> roundedUp(Ops tf, Operand<TInt32> length) {
    var multiple = tf.constant(lengthMultiple);
    var above = tf.math.add(length, tf.constant(lengthMultiple - 1));
    return tf.math.mul(tf.math.floorDiv(above, multiple), multiple);
  }
}
