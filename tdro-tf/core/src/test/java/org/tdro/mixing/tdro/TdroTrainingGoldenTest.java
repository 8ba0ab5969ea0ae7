package org.tdro.mixing.tdro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tdro.huggingface.PublishedFolder;
import org.tdro.huggingface.PublishedTensors;
import org.tdro.keras.Callback;
import org.tdro.keras.FitOptions;
import org.tdro.keras.LearningRateSchedule;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.keras.optimizers.AdamW;
import org.tdro.mixing.MixtureLearner;
import org.tdro.retriever.GoldenBatches;
import org.tdro.retriever.KeptGradients;
import org.tdro.retriever.Pooling;
import org.tdro.retriever.RetrieverSpec;
import org.tdro.retriever.WaysToCompute;
import org.tdro.retriever.contrastive.ContrastiveLoss;
import org.tdro.retriever.contrastive.ContrastiveModel;
import org.tdro.retriever.contrastive.ContrastiveOptions;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.testing.Shared;
import org.tensorflow.proto.ConfigProto;

/** {@code golden/tdro_e2e}: whole steps of the published code, with encoder, reference and domain weights. */
class TdroTrainingGoldenTest {
  private static final double RELATIVE_LOSS = 1e-4;
  private static final double WEIGHT = 2e-5;
  private static final float PARAMETER = 2e-5f;
  private static final double GRADIENT = 1e-3;

  private final Path folder = Shared.path("golden/tdro_e2e/paper_accum2");
  private final JsonNode golden;
  private final JsonNode settings;
  private final int accumulation;

  TdroTrainingGoldenTest() throws IOException {
    golden = new JsonMapper().readTree(folder.resolve("expected.json").toFile());
    settings = golden.get("settings");
    accumulation = settings.get("gradient_accumulation_steps").asInt();
  }

  @ParameterizedTest
  @EnumSource(WaysToCompute.class)
  void lossesWeightsAndParametersAreTheReferences(WaysToCompute way) {
    var logs = new ArrayList<Logs>();
    try (var model = model(way);
        var rows = GoldenBatches.dataset(microBatches())) {
      model.compile(AdamW.builder(LearningRateSchedule.constant(
              settings.get("model_optimizer").get("lr").asDouble()))
          .weightDecay(settings.get("model_optimizer").get("weight_decay").asDouble())
          .decays(weight -> true)
          .build()
          .gradientAccumulationSteps(accumulation));
      model.fit(
          rows, FitOptions.steps(settings.get("updates").asInt()).withCallbacks(new Callback() {
            @Override
            public void onTrainBatchEnd(Model trained, long step, Logs log) {
              logs.add(log);
            }
          }));
      for (int update = 0; update < logs.size(); update++) {
        assertUpdate(logs.get(update), update);
      }
      new PublishedTensors(folder.resolve("params_after.safetensors"))
          .assertWeights(model, PARAMETER);
    }
  }

  /** The published code adds up losses that it divides by the number of micro-batches. */
  @ParameterizedTest
  @EnumSource(WaysToCompute.class)
  void gradientsOfTheFirstUpdateAreTheReferences(WaysToCompute way) {
    try (var model = model(way);
        var rows = GoldenBatches.dataset(microBatches())) {
      model.compile(new KeptGradients().gradientAccumulationSteps(accumulation));
      model.fit(rows, FitOptions.steps(1));
      var expected = new PublishedTensors(folder.resolve("grads_update1.safetensors"));
      for (var weight : model.variables().trainable()) {
        expected.assertNear(weight, KeptGradients.of(model, weight), GRADIENT);
      }
    }
  }

  /** A step reports the mean of its micro-batches' losses, and the vectors of the last one. */
  private void assertUpdate(Logs logs, int update) {
    double robust = 0;
    for (int micro = 0; micro < accumulation; micro++) {
      robust += microBatch(update * accumulation + micro).get("robust_loss").asDouble();
    }
    robust /= accumulation;
    assertThat(logs.get(Logs.LOSS)).isCloseTo(robust, within(RELATIVE_LOSS * robust));
    var last = microBatch((update + 1) * accumulation - 1);
    assertVector(logs.get(MixtureLearner.WEIGHT), last.get("after_update").get("weights"));
  }

  private static void assertVector(float[] values, JsonNode expected) {
    assertThat(values).hasSize(expected.size());
    for (int i = 0; i < values.length; i++) {
      assertThat((double) values[i]).isCloseTo(expected.get(i).asDouble(), within(WEIGHT));
    }
  }

  private JsonNode microBatch(int index) {
    return golden.get("micro_batches").get(index);
  }

  private JsonNode[] microBatches() {
    return StreamSupport.stream(golden.get("micro_batches").spliterator(), false)
        .toArray(JsonNode[]::new);
  }

  private ContrastiveModel model(WaysToCompute way) {
    int domains = settings.get("groups").asInt();
    List<Double> uniform = Collections.nCopies(domains, 1.0 / domains);
    var weights = DomainWeightOptions.builder(LossMeasure.referenceCode()).build();
    var spec =
        new RetrieverSpec(PublishedFolder.open(folder).architecture(), Pooling.LASTTOKEN, 0, true);
    var loss = new ContrastiveLoss(
        (float) settings.get("temperature").asDouble(), ContrastiveLoss.Negatives.HARD_ONLY);
    var model = new ContrastiveModel(
        spec,
        new ContrastiveOptions(loss, settings.get("n_psg").asInt(), domains, false, way.options())
            .against(new ContrastiveModel.Reference(spec, false)),
        new DomainWeights(
            weights, weights.optimizer(settings.get("updates").asInt(), accumulation), uniform),
        0,
        ConfigProto.getDefaultInstance());
    model.load(StoredRetrievers.of(folder));
    model.loadReference(StoredRetrievers.of(folder.resolve("reference")));
    return model;
  }
}
