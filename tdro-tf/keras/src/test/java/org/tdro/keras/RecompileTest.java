package org.tdro.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.keras.callbacks.BackupAndRestore;
import org.tdro.keras.layers.Activation;
import org.tdro.keras.layers.BatchNormalization;
import org.tdro.keras.layers.Dense;
import org.tdro.keras.layers.Dropout;
import org.tdro.keras.losses.Losses;
import org.tdro.keras.metrics.Metrics;
import org.tdro.keras.optimizers.AdamW;
import org.tdro.keras.optimizers.FrameworkOptimizer;
import org.tdro.keras.optimizers.Sgd;
import org.tdro.keras.testing.Spirals;
import org.tdro.keras.testing.Values;
import org.tensorflow.framework.optimizers.Adamax;

/** A model that is compiled again after it was trained. */
class RecompileTest {
  private static final int FIRST = 25;

  @TempDir
  Path folder;

  private final List<Model> opened = new ArrayList<>();

  @AfterEach
  void close() {
    opened.forEach(Model::close);
  }

  /** A network of two layers. */
  private final class Network {
    private final Dense hidden = new Dense(8).activation(Activation.RELU).named("hidden");
    private final Dense out = new Dense(3).named("out");
    private final Sequential model;

    Network(float dropout) {
      model = Sequential.of(7, Input.of("points", 2), hidden, new Dropout(dropout), out);
      opened.add(model);
    }

    /** The first phase: the output layer alone. */
    Network first() {
      hidden.trainable(false);
      compile(model, schedule(0.05));
      return this;
    }

    /** The second phase: both layers, by a schedule of its own. */
    Network second() {
      hidden.trainable(true);
      compile(model, schedule(0.01));
      return this;
    }

    History fit(long steps, Callback... callbacks) {
      return fit(FitOptions.steps(steps), callbacks);
    }

    History fit(FitOptions options, Callback... callbacks) {
      return model.fit(new Spirals(20), options.withCallbacks(callbacks));
    }

    float[] values(Dense layer) {
      return Values.of(model.session(), layer.kernel().value());
    }
  }

  private static LearningRateSchedule schedule(double peak) {
    return LearningRateSchedule.cosine(peak, 60, 10, 0.1);
  }

  private static void compile(Model model, LearningRateSchedule schedule) {
    model.compile(
        AdamW.builder(schedule).weightDecay(0.01).build().globalClipNorm(1),
        Losses.sparseCategoricalCrossentropy().fromLogits().labels("labels"),
        Metrics.accuracy().labels("labels"));
  }

  private Network uninterrupted(long steps) {
    var network = new Network(0.2f).first();
    network.fit(FIRST);
    network.second().fit(steps);
    return network;
  }

  @ParameterizedTest
  @ValueSource(longs = {26, 33, 40})
  void aRunThatIsStoppedAfterItsSecondCompileContinuesWithTheSameBits(long stopped) {
    var interrupted = new Network(0.2f).first();
    interrupted.fit(FIRST);
    interrupted.second().fit(FitOptions.epochs(3), stopAfter(stopped));
    interrupted.model.save(folder.resolve("model"));
    var resumed = new Network(0.2f).second();
    resumed.model.load(folder.resolve("model"));
    var history = resumed.fit(FitOptions.epochs(3));
    var whole = new Network(0.2f).first();
    whole.fit(FIRST);
    var expected = whole.second().fit(FitOptions.epochs(3));
    assertThat(Values.all(resumed.model)).isEqualTo(Values.all(whole.model));
    int epochs = history.epochs().size();
    for (var log : List.of("loss", "accuracy")) {
      var all = expected.get(log);
      assertThat(history.get(log)).isEqualTo(all.subList(all.size() - epochs, all.size()));
    }
  }

  private static Callback stopAfter(long last) {
    return new Callback() {
      @Override
      public void onTrainBatchEnd(Model model, long step, Logs logs) {
        if (step == last) {
          model.stopTraining();
        }
      }
    };
  }

  @Test
  void bothPhasesResumeFromTheirBackups() {
    Supplier<float[]> program = () -> {
      var network = new Network(0.2f).first();
      network.fit(FIRST, new BackupAndRestore(folder.resolve("first"), 10).keepWhenFinished());
      network.second();
      var backup = new BackupAndRestore(folder.resolve("second"), 4);
      network.fit(60, backup, stopAfter(33));
      return Values.all(network.model);
    };
    var stopped = program.get();
    assertThat(program.get()).isEqualTo(Values.all(uninterrupted(60).model)).isNotEqualTo(stopped);
  }

  @Test
  void theFirstPhaseMayBeResumedBeforeTheSecondBegins() {
    var first = new Network(0.2f).first();
    first.fit(10);
    first.model.save(folder.resolve("model"));
    var resumed = new Network(0.2f).first();
    resumed.model.load(folder.resolve("model"));
    resumed.fit(FIRST);
    resumed.second().fit(60);
    assertThat(Values.all(resumed.model)).isEqualTo(Values.all(uninterrupted(60).model));
  }

  @Test
  void anOptimizerBeginsAnewWhateverWasTrainedBefore() {
    var before = new Network(0);
    compile(before.model, schedule(0.1));
    before.model.fit(new Spirals(1), FitOptions.steps(7));
    before.model.saveWeights(folder);
    compile(before.model, schedule(0.02));
    before.model.fit(new Spirals(1), FitOptions.steps(17));

    var fresh = new Network(0);
    compile(fresh.model, schedule(0.02));
    fresh.model.loadWeights(folder);
    fresh.model.fit(new Spirals(1), FitOptions.steps(10));
    assertThat(Values.all(before.model)).isEqualTo(Values.all(fresh.model));
  }

  @Test
  void theScheduleCountsFromTheCompile() {
    var network = new Network(0).first();
    network.fit(FIRST);
    var rates = new ArrayList<Double>();
    network.second().fit(FIRST + 3, new Callback() {
      @Override
      public void onTrainBatchEnd(Model model, long step, Logs logs) {
        rates.add(logs.scalar("learning_rate"));
      }
    });
    var schedule = schedule(0.01);
    assertThat(rates).containsExactly(schedule.rate(0), schedule.rate(1), schedule.rate(2));
  }

  @Test
  void aFrozenLayerKeepsItsWeightsAndHasNoSlots() {
    var network = new Network(0).first();
    network.model.outputs();
    var hidden = network.values(network.hidden);
    var out = network.values(network.out);
    network.fit(3);
    assertThat(network.values(network.hidden)).isEqualTo(hidden);
    assertThat(network.values(network.out)).isNotEqualTo(out);
    network.model.save(folder.resolve("model"));
    assertThat(folder.resolve("model/weights.tsv"))
        .content()
        .contains("hidden/kernel\t", "optimizer/out/kernel/m")
        .doesNotContain("optimizer/hidden");
    network.second().fit(6);
    assertThat(network.values(network.hidden)).isNotEqualTo(hidden);
  }

  @Test
  void slotsOfTheOptimizerBeforeAreDropped() {
    var network = new Network(0).second();
    network.fit(3);
    network.model.compile(
        new Sgd(LearningRateSchedule.constant(0.1)),
        Losses.sparseCategoricalCrossentropy().fromLogits().labels("labels"));
    network.fit(5);
    network.model.save(folder.resolve("model"));
    assertThat(folder.resolve("model/weights.tsv")).content().doesNotContain("optimizer/");
  }

  @Test
  void onlyAModelThatWasCompiledAgainSaysWhen() {
    var network = new Network(0).first();
    network.fit(FIRST);
    network.model.save(folder.resolve("model"));
    assertThat(folder.resolve("model/training.tsv")).content().doesNotContain("compiled");
    network.second();
    network.model.save(folder.resolve("model"));
    assertThat(folder.resolve("model/training.tsv"))
        .content()
        .contains("training\tcompiled-at\t25");
  }

  @Test
  void lossMetricsAndLabelsMayChange() {
    var network = new Network(0).first();
    network.fit(3);
    network.model.compile(
        FrameworkOptimizer.of(1e-3, Adamax::new).gradientAccumulationSteps(2),
        Losses.sparseCategoricalCrossentropy().fromLogits().labels("labels"));
    var history = network.model.fit(new Spirals(2), FitOptions.steps(6));
    assertThat(history.epochs().get(0).scalars()).containsKey("loss").doesNotContainKey("accuracy");
    network.model.compile(AdamW.of(0.1), Losses.meanSquaredError());
    var points = new float[4][2];
    var targets = new float[4][3];
    network.model.fit(
        Dataset.of(Map.of("points", points, "y", targets)).batch(4), FitOptions.steps(7));
    assertThat(network.model.iterations()).isEqualTo(7);
  }

  @Test
  void anOptimizerIsNotUsedTwice() {
    var network = new Network(0);
    var optimizer = AdamW.of(0.1);
    var loss = Losses.sparseCategoricalCrossentropy().fromLogits().labels("labels");
    network.model.compile(optimizer, loss);
    network.model.compile(optimizer, loss);
    network.fit(1);
    assertThatThrownBy(() -> network.model.compile(optimizer, loss))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("make a new one");
    network.fit(2);
  }

  @Test
  void freezingWithoutCompilingAgainIsRefused() {
    var network = new Network(0).second();
    network.fit(1);
    network.hidden.trainable(false);
    assertThatThrownBy(() -> network.fit(2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("compile it again");
  }

  @Test
  void aModelOfFrozenLayersHasNothingToTrain() {
    var network = new Network(0).first();
    network.out.trainable(false);
    assertThatThrownBy(() -> network.fit(1)).hasMessageContaining("nothing to train");
    network.second().fit(1);
  }

  @Test
  void aFrozenBatchNormalizationUsesItsMovingMeans() {
    var normalization = new BatchNormalization();
    var model = Sequential.of(7, Input.of("points", 2), normalization, new Dense(3));
    opened.add(model);
    compile(model, schedule(0.1));
    model.fit(new Spirals(2), FitOptions.steps(3));
    normalization.trainable(false);
    compile(model, schedule(0.1));
    var mean = model.variables().byName().get("batch_normalization/moving_mean");
    var before = Values.of(model.session(), mean.value());
    double evaluated = model.evaluate(new Spirals(1)).scalar("loss");
    var history = model.fit(new Spirals(1), FitOptions.steps(4));
    assertThat(history.get("loss").get(0)).isEqualTo(evaluated);
    assertThat(Values.of(model.session(), mean.value())).isEqualTo(before);
  }

  @Test
  void aTrainedModelIsSavedAndLoadedWhateverIsFrozenSince() {
    var network = new Network(0).first();
    network.fit(5);
    var trained = Values.all(network.model);
    network.hidden.trainable(true);
    network.model.save(folder.resolve("model"));
    network.model.load(folder.resolve("model"));
    assertThat(Values.all(network.model)).isEqualTo(trained);
  }
}
