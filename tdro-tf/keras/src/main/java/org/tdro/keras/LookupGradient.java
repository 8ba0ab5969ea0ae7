package org.tdro.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The gradient of a table of which rows were looked up several times. TensorFlow makes a table of every lookup's gradient and
 * adds these up; kept as rows, those of all lookups make one table, which is large where the table is one of embeddings.
 *
 * @param rows {@code [n, dim]}, what is to be added to the rows of the table
 * @param ids {@code [n]}, to which
 * @param size rows of the table
 */
record LookupGradient(Operand<TFloat32> rows, Operand<TInt32> ids, Operand<TInt32> size) {

  /** The gradient {@code sum}, made of one table if it is a sum over lookups alone; else as it is. */
  static Operand<TFloat32> joined(Ops tf, Operand<TFloat32> sum) {
    return sum.op().type().equals("AddN")
        ? of(tf, sum).map(lookups -> lookups.dense(tf)).orElse(sum)
        : sum;
  }

  private static Optional<LookupGradient> of(Ops tf, Operand<TFloat32> gradient) {
    var sums = new ArrayList<GraphOperation>();
    if (!collect(gradient.asOutput(), sums)) {
      return Optional.empty();
    }
    var rows = new ArrayList<Operand<TFloat32>>();
    var ids = new ArrayList<Operand<TInt32>>();
    for (var sum : sums) {
      var values = sum.input(0);
      var places = sum.input(1);
      if (values.shape().numDimensions() != 2 || !places.type().equals(TInt32.class)) {
        return Optional.empty();
      }
      rows.add(values.expect(TFloat32.class));
      ids.add(places.expect(TInt32.class));
    }
    var size = sums.get(0).input(2);
    return size.type().equals(TInt32.class)
        ? Optional.of(new LookupGradient(
            tf.concat(rows, tf.constant(0)),
            tf.concat(ids, tf.constant(0)),
            size.expect(TInt32.class)))
        : Optional.empty();
  }

  /** Collects the sums over rows that a value is, or is the sum of; false if it is anything else. */
  private static boolean collect(Output<?> value, List<GraphOperation> sums) {
    var operation = (GraphOperation) value.op();
    switch (operation.type()) {
      case "UnsortedSegmentSum" -> {
        return sums.add(operation);
      }
      case "Identity" -> {
        return collect(operation.input(0), sums);
      }
      // A lookup along the first axis turns nothing; where that cannot be seen it is left alone.
      case "Transpose" -> {
        var shape = value.shape();
        return shape.numDimensions() == 2
            && shape.get(0) != shape.get(1)
            && shape.equals(operation.input(0).shape())
            && collect(operation.input(0), sums);
      }
      case "AddN" -> {
        for (int i = 0; i < operation.numInputs(); i++) {
          if (!collect(operation.input(i), sums)) {
            return false;
          }
        }
        return true;
      }
      default -> {
        return false;
      }
    }
  }

  private Operand<TFloat32> dense(Ops tf) {
    return tf.math.unsortedSegmentSum(rows, ids, size);
  }
}
