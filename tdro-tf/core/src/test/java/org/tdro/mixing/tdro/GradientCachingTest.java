package org.tdro.mixing.tdro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tdro.keras.Callback;
import org.tdro.keras.ComputeType;
import org.tdro.keras.Execution;
import org.tdro.keras.FitOptions;
import org.tdro.keras.LearningRateSchedule;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.keras.Optimizer;
import org.tdro.keras.optimizers.AdamW;
import org.tdro.keras.optimizers.Sgd;
import org.tdro.keras.testing.PlainSessions;
import org.tdro.keras.testing.Values;
import org.tdro.mixing.LearnedMixture;
import org.tdro.retriever.ComputeOptions;
import org.tdro.retriever.Pooling;
import org.tdro.retriever.RetrieverSource;
import org.tdro.retriever.RetrieverSpec;
import org.tdro.retriever.SmallRetriever;
import org.tdro.retriever.contrastive.ContrastiveLoss;
import org.tdro.retriever.contrastive.ContrastiveLoss.Negatives;
import org.tdro.retriever.contrastive.ContrastiveModel;
import org.tdro.retriever.contrastive.ContrastiveOptions;
import org.tdro.retriever.contrastive.Distillation;
import org.tdro.retriever.contrastive.FalseNegatives;
import org.tdro.retriever.contrastive.Matryoshka;
import org.tdro.retriever.store.StoredRetrievers;
import org.tensorflow.proto.ConfigProto;

/** Two updates of two micro-batches each, encoded in chunks and at once. */
class GradientCachingTest {
  private static final Setting IN_CHUNKS = dro(0.2f).inChunksOf(3);

  @TempDir
  static Path folder;

  /** The result of {@link #IN_CHUNKS}, once it is known. */
  private static float[] uninterrupted;

  @BeforeAll
  static void writeReference() {
    SmallRetriever.write(folder.resolve("reference"), spec(0));
  }

  /** The model that is trained, and the way; chunk size 0 for all texts at once. */
  private record Setting(
      boolean dro,
      Negatives negatives,
      boolean guided,
      float dropout,
      boolean checkpointing,
      int chunkSize) {

    Setting inChunksOf(int size) {
      return new Setting(dro, negatives, guided, dropout, checkpointing, size);
    }

    Setting withCheckpointing() {
      return new Setting(dro, negatives, guided, dropout, true, chunkSize);
    }

    boolean hardOnlyRows() {
      return negatives == Negatives.IN_BATCH;
    }

    Subject subject(ConfigProto session) {
      var execution = chunkSize == 0 ? Execution.direct() : ComputeOptions.inChunks(chunkSize, 1);
      var options = new ContrastiveOptions(
          loss(),
          SmallBatches.PASSAGES,
          SmallBatches.DOMAINS,
          hardOnlyRows(),
          new ComputeOptions(execution, checkpointing, ComputeType.FLOAT32));
      var subject = subject(guided ? options.guidedBy(spec(0)) : options, session);
      if (guided) {
        subject.model().loadGuide(frozen());
      }
      return subject;
    }

    private ContrastiveLoss loss() {
      return guided
          ? new ContrastiveLoss(
              0.5f,
              negatives,
              List.of(),
              List.of(ContrastiveLoss.Direction.values()),
              new FalseNegatives(
                  FalseNegatives.Judge.GUIDE, 0, Optional.of(folder.resolve("reference"))),
              Matryoshka.NONE,
              Distillation.NONE)
          : new ContrastiveLoss(0.5f, negatives);
    }

    private Subject subject(ContrastiveOptions options, ConfigProto session) {
      if (!dro) {
        return new Subject(
            new ContrastiveModel(spec(dropout), options, 3, session), Optional.empty());
      }
      var weightOptions =
          DomainWeightOptions.builder(LossMeasure.ratioOfMeans()).stepSize(0.5).build();
      var learner =
          new DomainWeights(weightOptions, weightOptions.optimizer(2, 2), SmallBatches.uniform());
      var model = new ContrastiveModel(
          spec(dropout),
          options.against(new ContrastiveModel.Reference(spec(0), false)),
          learner,
          3,
          session);
      model.loadReference(frozen());
      return new Subject(model, Optional.of(learner));
    }
  }

  private static RetrieverSource frozen() {
    return StoredRetrievers.of(folder.resolve("reference"));
  }

  private record Subject(ContrastiveModel model, Optional<DomainWeights> learner)
      implements AutoCloseable {
    @Override
    public void close() {
      model.close();
    }
  }

  private static RetrieverSpec spec(float dropout) {
    var shape = SmallRetriever.bert(SmallRetriever.VOCABULARY, 2, 16, dropout);
    return new RetrieverSpec(shape, Pooling.AVG_TOP2, 12, true);
  }

  private static Setting plain(Negatives negatives, float dropout) {
    return new Setting(false, negatives, false, dropout, false, 0);
  }

  /** Against candidates of all directions, some of which a guide leaves out. */
  private static Setting guided(boolean dro) {
    return new Setting(dro, Negatives.IN_BATCH, true, 0, false, 0);
  }

  private static Setting dro(float dropout) {
    return new Setting(true, Negatives.IN_BATCH, false, dropout, false, 0);
  }

  /** Moves far, but in proportion to the gradient: where that is zero but for rounding, Adam would magnify the rounding. */
  private static Optimizer sgd() {
    return new Sgd(LearningRateSchedule.constant(0.5), 0.9f, 0, 0)
        .globalClipNorm(0.3f)
        .gradientAccumulationSteps(2);
  }

  private static Optimizer adam() {
    return AdamW.builder(LearningRateSchedule.constant(0.01))
        .build()
        .globalClipNorm(0.3f)
        .gradientAccumulationSteps(2);
  }

  private static List<Logs> fit(Model model, Setting setting, long updates) {
    var logs = new ArrayList<Logs>();
    var collect = new Callback() {
      @Override
      public void onTrainBatchEnd(Model trained, long step, Logs result) {
        logs.add(result);
      }
    };
    model.logGradientNorm(true);
    try (var dataset = SmallBatches.dataset(setting.hardOnlyRows())) {
      model.fit(dataset, FitOptions.steps(updates).withCallbacks(collect));
    }
    return logs;
  }

  /** The results of a training. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Trained(
      float[] weights, float moved, List<Logs> logs, Optional<LearnedMixture> domains) {

    static Trained of(Setting setting) {
      return of(setting, PlainSessions.OPTIONS);
    }

    static Trained of(Setting setting, ConfigProto session) {
      try (var subject = setting.subject(session)) {
        var model = subject.model();
        var initial = Values.of(model);
        model.compile(sgd());
        var logs = fit(model, setting, 2);
        var weights = Values.of(model);
        float moved = 0;
        for (int i = 0; i < weights.length; i++) {
          moved = Math.max(moved, Math.abs(weights[i] - initial[i]));
        }
        var domains = subject.learner().map(learner -> learner.learned(model.session()));
        return new Trained(weights, moved, logs, domains);
      }
    }
  }

  private static void assertSame(Trained expected, Trained actual) {
    assertThat(expected.moved()).isPositive();
    assertThat(actual.weights())
        .containsExactly(expected.weights(), within(1e-5f * expected.moved()));
    for (int i = 0; i < expected.logs().size(); i++) {
      assertSameLogs(expected.logs().get(i), actual.logs().get(i));
    }
    expected.domains().ifPresent(domains -> {
      assertThat(domains.weights().get(0)).isNotEqualTo(1f / 3);
      for (int domain = 0; domain < SmallBatches.DOMAINS; domain++) {
        float weight = domains.weights().get(domain);
        assertThat(actual.domains().orElseThrow().weights().get(domain))
            .isCloseTo(weight, within(1e-5f * weight));
      }
    });
  }

  private static void assertSameLogs(Logs expected, Logs actual) {
    assertThat(actual.scalars().keySet()).isEqualTo(expected.scalars().keySet());
    assertThat(actual.vectors().keySet()).isEqualTo(expected.vectors().keySet());
    assertThat(actual.get(Logs.LOSS))
        .isCloseTo(expected.get(Logs.LOSS), within(1e-5 * expected.get(Logs.LOSS)));
    assertThat(actual.get(Logs.GRADIENT_NORM))
        .isCloseTo(
            expected.get(Logs.GRADIENT_NORM), within(1e-5 * expected.get(Logs.GRADIENT_NORM)));
    expected
        .vectors()
        .forEach((name, values) ->
            assertThat(actual.vectors().get(name)).as(name).containsExactly(values, within(1e-5f)));
  }

  static List<Setting> settings() {
    return List.of(
        plain(Negatives.IN_BATCH, 0),
        plain(Negatives.HARD_ONLY, 0),
        dro(0),
        guided(false),
        guided(true));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void chunksLearnWhatTheWholeBatchLearns(Setting setting) {
    var expected = Trained.of(setting);
    for (int chunkSize : new int[] {1, 3, SmallBatches.TEXTS}) {
      assertSame(expected, Trained.of(setting.inChunksOf(chunkSize)));
    }
  }

  /** With graphs as TensorFlow rewrites them, which it does in real runs. */
  @Test
  void checkpointingWithinChunksChangesNothing() {
    var session = ConfigProto.getDefaultInstance();
    assertSame(Trained.of(IN_CHUNKS, session), Trained.of(IN_CHUNKS.withCheckpointing(), session));
  }

  @Test
  void theSameTrainingGivesTheSameBits() {
    assertThat(trained()).containsExactly(uninterrupted());
  }

  private static float[] uninterrupted() {
    if (uninterrupted == null) {
      uninterrupted = trained();
    }
    return uninterrupted;
  }

  private static float[] trained() {
    try (var subject = IN_CHUNKS.subject(ConfigProto.getDefaultInstance())) {
      var model = subject.model();
      model.compile(adam());
      fit(model, IN_CHUNKS, 2);
      return Values.all(model);
    }
  }

  @Test
  void aModelThatWasSavedBetweenUpdatesGoesOnToTheSameBits(@TempDir Path saved) {
    try (var subject = IN_CHUNKS.subject(ConfigProto.getDefaultInstance())) {
      var first = subject.model();
      first.compile(adam());
      fit(first, IN_CHUNKS, 1);
      first.save(saved);
    }
    try (var subject = IN_CHUNKS.subject(ConfigProto.getDefaultInstance())) {
      var second = subject.model();
      second.compile(adam());
      second.load(saved);
      fit(second, IN_CHUNKS, 2);
      assertThat(Values.all(second)).containsExactly(uninterrupted());
    }
  }
}
