package org.tdro.keras.example;

import java.util.List;
import java.util.Map;
import org.tdro.keras.Dataset;
import org.tdro.keras.Examples;
import org.tdro.keras.FitOptions;
import org.tdro.keras.Input;
import org.tdro.keras.Model;
import org.tdro.keras.layers.Activation;
import org.tdro.keras.layers.Concatenate;
import org.tdro.keras.layers.Dense;
import org.tdro.keras.losses.Losses;
import org.tdro.keras.metrics.Metrics;
import org.tdro.keras.optimizers.AdamW;

/** Whether the second of two digits is the larger one: one encoder for both images, and a head on what it makes of them. */
final class TwoInputs {
  private TwoInputs() {}

  static Model model() {
    var left = Input.of("left", 64);
    var right = Input.of("right", 64);
    var encoder = new Dense(32).activation(Activation.RELU);
    var both = Concatenate.of(left.then(encoder), right.then(encoder));
    var head = both.then(new Dense(32).activation(Activation.RELU)).then(new Dense(1));
    return Model.of(List.of(left, right), head);
  }

  static Examples pairs() {
    var rows = Digits.rows();
    var images = Digits.images(rows);
    var digits = Digits.labels(rows);
    int pairs = rows.length / 2;
    var left = new float[pairs][];
    var right = new float[pairs][];
    var larger = new float[pairs];
    for (int i = 0; i < pairs; i++) {
      left[i] = images[2 * i];
      right[i] = images[2 * i + 1];
      larger[i] = digits[2 * i + 1] > digits[2 * i] ? 1 : 0;
    }
    return Dataset.of(Map.of("left", left, "right", right), larger);
  }

  static double areaUnderCurve() {
    var pairs = pairs();
    try (var model = model()) {
      model.compile(
          AdamW.of(1e-3),
          Losses.binaryCrossentropy().fromLogits(),
          Metrics.binaryAccuracy(0),
          Metrics.auc().fromLogits());
      model.fit(pairs.skip(198).shuffle(1).batch(32), FitOptions.epochs(20));
      return model.evaluate(pairs.take(198).batch(99)).scalar("auc");
    }
  }
}
