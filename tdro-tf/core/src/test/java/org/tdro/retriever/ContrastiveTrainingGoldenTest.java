package org.tdro.retriever;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tdro.huggingface.PublishedFolder;
import org.tdro.huggingface.PublishedTensors;
import org.tdro.keras.Callback;
import org.tdro.keras.FitOptions;
import org.tdro.keras.LearningRateSchedule;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.keras.Optimizer;
import org.tdro.keras.optimizers.AdamW;
import org.tdro.retriever.contrastive.ContrastiveLoss;
import org.tdro.retriever.contrastive.ContrastiveModel;
import org.tdro.retriever.contrastive.ContrastiveOptions;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.testing.Shared;
import org.tensorflow.proto.ConfigProto;

/** {@code golden/infonce/e2e_*}: a Qwen2 encoder trained for some steps by the published code, layer for layer. */
class ContrastiveTrainingGoldenTest {
  private static final double LOSS_PERCENT = 1e-2;
  private static final double GRADIENT = 1e-3;
  private static final float PARAMETER = 2e-5f;

  static Stream<Arguments> runsAndWays() {
    return Stream.of("e2e_inbatch_t002", "e2e_hardonly_t0002_hfgroups_clip_cosine")
        .flatMap(run -> Stream.of(WaysToCompute.values()).map(way -> Arguments.of(run, way)));
  }

  @ParameterizedTest
  @MethodSource("runsAndWays")
  void everyGradientOfTheFirstStepIsTheReferences(String name, WaysToCompute way)
      throws IOException {
    var folder = Shared.path("golden/infonce/" + name);
    var golden = new JsonMapper().readTree(folder.resolve("expected.json").toFile());
    try (var model = model(folder, golden, way);
        var rows = GoldenBatches.dataset(golden)) {
      model.compile(new KeptGradients());
      model.fit(rows, FitOptions.steps(1));
      var expected = new PublishedTensors(folder.resolve("grads_step1.safetensors"));
      for (var weight : model.variables().trainable()) {
        expected.assertNear(weight, KeptGradients.of(model, weight), GRADIENT);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("runsAndWays")
  void lossesAndParametersOfAllStepsAreTheReferences(String name, WaysToCompute way)
      throws IOException {
    var folder = Shared.path("golden/infonce/" + name);
    var golden = new JsonMapper().readTree(folder.resolve("expected.json").toFile());
    try (var model = model(folder, golden, way);
        var rows = GoldenBatches.dataset(golden)) {
      model.compile(optimizer(golden.get("settings")));
      var losses = new ArrayList<Double>();
      var rates = new ArrayList<Double>();
      model.fit(
          rows,
          FitOptions.steps(golden.get("settings").get("steps").asInt())
              .withCallbacks(new Callback() {
                @Override
                public void onTrainBatchEnd(Model trained, long step, Logs logs) {
                  losses.add(logs.get(Logs.LOSS));
                  rates.add(logs.get(Logs.LEARNING_RATE));
                }
              }));
      assertThat(losses).hasSize(golden.get("steps").size());
      for (int i = 0; i < losses.size(); i++) {
        var step = golden.get("steps").get(i);
        assertThat(losses.get(i))
            .isCloseTo(step.get("loss").asDouble(), withinPercentage(LOSS_PERCENT));
        assertThat(rates.get(i)).isCloseTo(step.get("lr").asDouble(), within(1e-12));
      }
      new PublishedTensors(folder.resolve("params_after.safetensors"))
          .assertWeights(model, PARAMETER);
    }
  }

  private static ContrastiveModel model(Path folder, JsonNode golden, WaysToCompute way) {
    var settings = golden.get("settings");
    var negatives = settings.get("mode").asText().equals("in_batch")
        ? ContrastiveLoss.Negatives.IN_BATCH
        : ContrastiveLoss.Negatives.HARD_ONLY;
    var spec = new RetrieverSpec(
        PublishedFolder.open(folder).architecture(),
        Pooling.valueOf(settings.get("pooling").asText().toUpperCase(Locale.ROOT)),
        0,
        settings.get("normalize").asBoolean());
    var loss = new ContrastiveLoss((float) settings.get("temperature").asDouble(), negatives);
    var model = new ContrastiveModel(
        spec,
        new ContrastiveOptions(loss, settings.get("n_psg").asInt(), 1, false, way.options()),
        0,
        ConfigProto.getDefaultInstance());
    model.load(StoredRetrievers.of(folder));
    return model;
  }

  private static Optimizer optimizer(JsonNode settings) {
    var decayed = new ArrayList<String>();
    settings.get("parameters_with_weight_decay").forEach(name -> decayed.add(name.asText()));
    double rate = settings.get("lr").asDouble();
    var scheduler = settings.get("scheduler");
    var schedule = scheduler.isNull()
        ? LearningRateSchedule.constant(rate)
        : LearningRateSchedule.cosine(
            rate,
            scheduler.get("num_training_steps").asLong(),
            scheduler.get("num_warmup_steps").asLong(),
            scheduler.get("min_lr_ratio").asDouble());
    return AdamW.builder(schedule)
        .weightDecay(settings.get("weight_decay").asDouble())
        .decays(weight -> decayed.contains(PublishedTensors.name(weight)))
        .build()
        .globalClipNorm((float) settings.get("max_grad_norm").asDouble(0));
  }
}
