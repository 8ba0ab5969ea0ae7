package org.tdro.keras.losses;

import org.tdro.keras.Batch;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/** Cross-entropy of probabilities or, with {@link #fromLogits}, of the numbers before softmax or sigmoid. */
public final class Crossentropy extends RowLoss {
  /** The distance that probabilities keep from 0 and 1, as in Keras. */
  private static final float SMALL = 1e-7f;

  private final Labels kind;
  private boolean logits;

  /** The form in which labels give the class. */
  enum Labels {
    /** {@code [batch] int}: the number of the class; outputs {@code [batch, classes]}. */
    INDEX,
    /** {@code [batch, classes]}: a distribution over the classes. */
    DISTRIBUTION,
    /** 0 or 1 for each output, independently of the others. */
    BINARY
  }

  Crossentropy(Labels kind) {
    this.kind = kind;
  }

  /** Takes outputs as they are before softmax or sigmoid, which is more exact than probabilities. */
  public Crossentropy fromLogits() {
    logits = true;
    return this;
  }

  @Override
  Class<? extends TType> labelType() {
    return kind == Labels.INDEX ? TInt32.class : TFloat32.class;
  }

  @Override
  void check(String name, Batch batch, Shape outputs) {
    if (kind != Labels.INDEX) {
      super.check(name, batch, outputs);
      checkShares(name, batch);
      return;
    }
    long classes = outputs.get(-1);
    if (batch.tensors().get(name) instanceof TInt32 labels && classes > 0) {
      long perRow = Math.max(1, labels.size() / batch.rows());
      long at = 0;
      for (var scalar : labels.scalars()) {
        int label = scalar.getInt();
        if (label < 0 || label >= classes) {
          throw new IllegalArgumentException("row " + at / perRow + " of the batch has " + name
              + " " + label + "; with " + classes + " outputs, classes are 0 to " + (classes - 1));
        }
        at++;
      }
    }
  }

  /** A label is a probability, which may be neither negative nor above 1. */
  private static void checkShares(String name, Batch batch) {
    if (batch.tensors().get(name) instanceof TFloat32 labels) {
      long perRow = Math.max(1, labels.size() / batch.rows());
      long at = 0;
      for (var scalar : labels.scalars()) {
        float label = scalar.getFloat();
        if (!(label >= 0 && label <= 1)) {
          throw new IllegalArgumentException("row " + at / perRow + " of the batch has " + name
              + " " + label + "; labels of this loss are from 0 to 1");
        }
        at++;
      }
    }
  }

  @Override
  protected Operand<TFloat32> rows(Ops tf, Operand<?> labels, Operand<TFloat32> outputs) {
    if (kind == Labels.BINARY) {
      return org.tensorflow.framework.losses.Losses.binaryCrossentropy(
          tf,
          Losses.likeOutputs(tf, labels, outputs),
          Losses.atLeastTwoAxes(tf, outputs),
          logits,
          0);
    }
    int classes = (int) outputs.shape().get(-1);
    var columns = tf.constant(new int[] {-1, classes});
    var flat = tf.reshape(outputs, columns);
    var targets = kind == Labels.DISTRIBUTION
        ? tf.reshape(Losses.likeOutputs(tf, labels, outputs), columns)
        : tf.oneHot(
            tf.reshape(labels.asOutput().expect(TInt32.class), tf.constant(new int[] {-1})),
            tf.constant(classes),
            tf.constant(1f),
            tf.constant(0f));
    if (logits) {
      return tf.nn.softmaxCrossEntropyWithLogits(flat, targets).loss();
    }
    var logarithms = tf.math.log(tf.clipByValue(flat, tf.constant(SMALL), tf.constant(1 - SMALL)));
    return tf.math.neg(tf.reduceSum(tf.math.mul(targets, logarithms), tf.constant(-1)));
  }
}
