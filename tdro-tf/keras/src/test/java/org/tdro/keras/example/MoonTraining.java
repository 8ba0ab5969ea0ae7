package org.tdro.keras.example;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import org.tdro.keras.Batch;
import org.tdro.keras.FitOptions;
import org.tdro.keras.LearningRateSchedule;
import org.tdro.keras.Model;
import org.tdro.keras.callbacks.BackupAndRestore;
import org.tdro.keras.callbacks.CsvLogger;
import org.tdro.keras.callbacks.EarlyStopping;
import org.tdro.keras.callbacks.Monitor;
import org.tdro.keras.callbacks.ProgressBar;
import org.tdro.keras.callbacks.TerminateOnNaN;
import org.tdro.keras.losses.Losses;
import org.tdro.keras.metrics.Metrics;
import org.tdro.keras.optimizers.AdamW;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.types.TFloat32;

/** Trains, evaluates and saves a classifier of moons, and predicts with it. */
final class MoonTraining {
  private MoonTraining() {}

  static void train(Model model, Path folder, PrintStream out) {
    var rate = LearningRateSchedule.cosine(0.02, 600, 20, 0.1);
    model.compile(
        AdamW.builder(rate).weightDecay(0.01).build().globalClipNorm(1),
        Losses.sparseCategoricalCrossentropy().fromLogits().labels("labels"),
        Metrics.accuracy().labels("labels"));
    out.print(model.summary());

    var history = model.fit(
        new Moons(1, 20, 64),
        FitOptions.epochs(30)
            .validation(new Moons(1000, 5, 64))
            .withCallbacks(
                new ProgressBar(out, ProgressBar.Mode.AUTO),
                new TerminateOnNaN(),
                CsvLogger.ofEpochs(folder.resolve("log.csv")),
                new EarlyStopping(Monitor.min("val_loss"))
                    .patience(5)
                    .restoreBestWeights(folder.resolve("best")),
                new BackupAndRestore(folder.resolve("backup"), 50)));
    out.println("epochs: " + history.epochs().size());

    var test = model.evaluate(new Moons(2000, 10, 64));
    out.println("accuracy: " + test.scalar("accuracy"));
    model.save(folder.resolve("model"));
  }

  static int predict(Path folder, float x, float y) {
    try (var model = new MoonClassifier(0);
        var batch = point(x, y)) {
      model.loadWeights(folder.resolve("model"));
      try (var logits = model.predict(batch)) {
        return logits.getFloat(0, 0) > logits.getFloat(0, 1) ? 0 : 1;
      }
    }
  }

  private static Batch point(float x, float y) {
    var points = TFloat32.tensorOf(StdArrays.ndCopyOf(new float[][] {{x, y}}));
    return new Batch(Map.of("points", points), 1);
  }
}
