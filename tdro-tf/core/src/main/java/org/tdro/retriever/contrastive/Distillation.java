package org.tdro.retriever.contrastive;

import org.tdro.io.Checks;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * Loss that learns from the scores that a teacher, a cross-encoder, gave a row's own passages: its loss becomes
 * (1 − w) · InfoNCE + w · KL( softmax(t / T) ‖ softmax(s) ), with teacher scores t and student scores s = q·p / τ.
 * Rows without teacher scores keep InfoNCE.
 *
 * @param weight w, from 0, for no distillation, to 1, for nothing else
 * @param temperature T; higher makes the teacher's distribution flatter
 */
public record Distillation(float weight, float temperature) {

  /**
   * The teacher's scores of a batch.
   *
   * @param scores {@code [batch, n]}, in the order of the passages; of any value where there are none
   * @param present {@code [batch]}, the rows that have them
   */
  public record Teacher(Operand<TFloat32> scores, Operand<TBool> present) {}

  /** No distillation. */
  public static final Distillation NONE = new Distillation(0, 1);

  public Distillation {
    new Checks().fraction("weight", weight).positive("temperature", temperature).done();
  }

  /** Whether rows with teacher scores learn from them. */
  public boolean isOn() {
    return weight > 0;
  }

  /**
   * Returns the losses of rows, some of which have a teacher.
   *
   * @param infoNce {@code [batch]}
   * @param student {@code [batch, n]}, scores of each row's own passages
   * @return {@code [batch]}
   */
  Operand<TFloat32> mix(
      Ops tf, Operand<TFloat32> infoNce, Operand<TFloat32> student, Teacher teacher) {
    var mixed = tf.math.add(
        tf.math.mul(infoNce, tf.constant(1 - weight)),
        tf.math.mul(divergence(tf, teacher.scores(), student), tf.constant(weight)));
    return tf.select(teacher.present(), mixed, infoNce);
  }

  /** Returns KL(p ‖ q) = Σ p (log p − log q). */
  private Operand<TFloat32> divergence(
      Ops tf, Operand<TFloat32> teacher, Operand<TFloat32> student) {
    var logP = tf.nn.logSoftmax(tf.math.mul(teacher, tf.constant(1 / temperature)));
    var logQ = tf.nn.logSoftmax(student);
    return tf.sum(tf.math.mul(tf.math.exp(logP), tf.math.sub(logP, logQ)), tf.constant(-1));
  }
}
