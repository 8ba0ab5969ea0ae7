package org.tdro.keras.callbacks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.tdro.keras.Callback;
import org.tdro.keras.FitOptions;
import org.tdro.keras.LearningRateSchedule;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.keras.losses.Losses;
import org.tdro.keras.metrics.Metrics;
import org.tdro.keras.optimizers.AdamW;
import org.tdro.keras.testing.Classifier;
import org.tdro.keras.testing.Spirals;

/** A short training with dropout and validation, on which the callbacks are tried: epochs of five steps. */
final class Training {
  static final int STEPS_PER_EPOCH = 5;

  private Training() {}

  /** A compiled classifier; every call makes the same one. */
  static Classifier model() {
    var model = new Classifier(7, 0.2f);
    model.compile(
        AdamW.builder(LearningRateSchedule.constant(0.01)).build(),
        Losses.sparseCategoricalCrossentropy().fromLogits().labels("labels"),
        Metrics.accuracy().labels("labels"));
    return model;
  }

  static FitOptions epochs(long epochs, Callback... callbacks) {
    return FitOptions.epochs(epochs).validation(new Spirals(1)).withCallbacks(callbacks);
  }

  /** Trains {@code model} over that many epochs. */
  static void fit(Model model, long epochs, Callback... callbacks) {
    model.fit(new Spirals(STEPS_PER_EPOCH), epochs(epochs, callbacks));
  }

  /** Trains a new model, which fails before a step as if its process had died there. */
  static void dieBefore(long step, long epochs, Callback... callbacks) {
    try (var model = model()) {
      var all = new ArrayList<>(List.of(callbacks));
      all.add(new Callback() {
        @Override
        public void onTrainBatchBegin(Model model, long next) {
          if (next == step) {
            throw new Death();
          }
        }
      });
      model.fit(new Spirals(STEPS_PER_EPOCH), epochs(epochs).withCallbacks(all));
    } catch (Death expected) {
      return;
    }
    throw new AssertionError("step " + step + " was never reached");
  }

  /** Names of the entries of a folder, hidden ones too. */
  static SortedSet<String> entries(Path folder) {
    try (var entries = Files.list(folder)) {
      var names = new TreeSet<String>();
      entries.forEach(entry -> names.add(entry.getFileName().toString()));
      return names;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The logs of an epoch that has only this one. */
  static Logs epoch(String log, double value) {
    return new Logs(Map.of(log, value), Map.of());
  }

  private static final class Death extends RuntimeException {
    private static final long serialVersionUID = 1;
  }
}
