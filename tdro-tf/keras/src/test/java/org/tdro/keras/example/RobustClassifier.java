package org.tdro.keras.example;

import org.tdro.keras.CallContext;
import org.tdro.keras.GradientTape;
import org.tdro.keras.Inputs;
import org.tdro.keras.LogKey;
import org.tdro.keras.Logs;
import org.tdro.keras.Loss;
import org.tdro.keras.TrainStep;
import org.tdro.keras.losses.Losses;

/** Learns to be right for points that were moved to where they are hardest, too (Goodfellow et al. 2015). */
final class RobustClassifier extends MoonClassifier {
  private static final Loss LOSS =
      Losses.sparseCategoricalCrossentropy().fromLogits().labels("labels");
  private static final LogKey<Double> MOVED_LOSS = LogKey.scalar("moved_loss");

  RobustClassifier(long seed) {
    super(seed);
  }

  @Override
  protected TrainStep trainStep(CallContext context, GradientTape tape, Inputs batch) {
    var tf = context.tf();
    var points = tape.watch(batch.floats("points"));
    var loss = LOSS.call(tf, batch, logits(context, points));

    var uphill = tf.math.sign(tape.gradient(loss, points));
    var moved = tf.stopGradient(tf.math.add(points, tf.math.mul(uphill, tf.constant(0.05f))));
    var movedLoss = LOSS.call(tf, batch, logits(context, moved));

    var weights = variables().trainable();
    var gradients = tape.weightGradients(tf.math.add(loss, movedLoss), weights);
    return new TrainStep()
        .log(Logs.LOSS, loss)
        .log(MOVED_LOSS, movedLoss)
        .minimize(weights, gradients);
  }
}
