package org.tdro.keras.example;

import org.tdro.keras.FitOptions;
import org.tdro.keras.Input;
import org.tdro.keras.Sequential;
import org.tdro.keras.layers.Activation;
import org.tdro.keras.layers.Dense;
import org.tdro.keras.losses.Losses;
import org.tdro.keras.metrics.Metrics;
import org.tdro.keras.optimizers.AdamW;

/** A classifier of digits with two layers. */
final class FirstModel {
  private FirstModel() {}

  public static void main(String[] arguments) {
    var train = Digits.examples().skip(297).shuffle(42).batch(64);
    var test = Digits.examples().take(297).batch(99);
    try (var model = Sequential.of(
        Input.of("x", 64), new Dense(128).activation(Activation.RELU), new Dense(10))) {
      model.compile(
          AdamW.of(1e-3), Losses.sparseCategoricalCrossentropy().fromLogits(), Metrics.accuracy());
      model.fit(train, FitOptions.epochs(20).validation(test));
      System.out.println("accuracy " + model.evaluate(test).scalar("accuracy"));
    }
  }
}
