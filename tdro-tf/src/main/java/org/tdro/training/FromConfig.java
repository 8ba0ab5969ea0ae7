package org.tdro.training;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.tdro.config.DataConfig;
import org.tdro.config.DroConfig;
import org.tdro.config.LossConfig;
import org.tdro.config.ModelConfig;
import org.tdro.config.PromptConfig;
import org.tdro.config.ScheduleKind;
import org.tdro.config.TdroConfig;
import org.tdro.config.TrainConfig;
import org.tdro.data.Fold;
import org.tdro.dro.AscentRule;
import org.tdro.dro.DomainWeightOptions;
import org.tdro.dro.GradientClip;
import org.tdro.dro.LossMeasure;
import org.tdro.dro.StepSizeSchedule;
import org.tdro.keras.Chunking;
import org.tdro.keras.LearningRateSchedule;
import org.tdro.keras.Optimizer;
import org.tdro.keras.optimizers.Adagrad;
import org.tdro.keras.optimizers.AdamW;
import org.tdro.keras.optimizers.RmsProp;
import org.tdro.keras.optimizers.Sgd;
import org.tdro.models.Architecture;
import org.tdro.models.MiniArchitecture;
import org.tdro.models.StaticArchitecture;
import org.tdro.retrieval.ContrastiveLoss;
import org.tdro.retrieval.Pooling;
import org.tdro.retrieval.RetrieverSpec;
import org.tdro.text.PromptTemplate;
import org.tdro.text.Prompts;

/** What a configuration says, as the objects that do it. */
public final class FromConfig {
  /** ε of torch's Adagrad. */
  private static final double ADAGRAD_EPSILON = 1e-10;

  private FromConfig() {}

  /** The shape of the retriever, for token ids below {@code vocabulary}. */
  public static RetrieverSpec spec(ModelConfig model, int vocabulary) {
    var range = (float) model.initializerRange();
    Architecture architecture = switch (model.kind()) {
      case STATIC -> new StaticArchitecture(vocabulary, model.hidden(), range);
      case MINI ->
        new MiniArchitecture(
            vocabulary,
            model.hidden(),
            model.layers(),
            model.heads(),
            model.feedForward(),
            model.maxPositions(),
            (float) model.dropout(),
            range);
    };
    return new RetrieverSpec(
        architecture,
        Pooling.valueOf(model.pooling().name()),
        model.projection(),
        model.normalize());
  }

  /** The contrastive loss. */
  public static ContrastiveLoss loss(LossConfig loss) {
    return new ContrastiveLoss(
        (float) loss.temperature(),
        ContrastiveLoss.Negatives.valueOf(loss.negatives().name()));
  }

  /** How the texts of a batch are cut into chunks; empty where they are encoded at once. */
  public static Optional<Chunking> chunking(TdroConfig config) {
    int texts = config.train().chunkSize();
    return texts == 0
        ? Optional.empty()
        : Optional.of(new Chunking(texts, config.data().padMultiple()));
  }

  static Fold fold(DataConfig.Fold fold) {
    return Fold.valueOf(fold.name());
  }

  static Prompts prompts(Map<String, PromptConfig> prompts) {
    var queries = new HashMap<String, PromptTemplate>();
    var passages = new HashMap<String, PromptTemplate>();
    prompts.forEach((domain, prompt) -> {
      queries.put(domain, new PromptTemplate(prompt.query() + PromptTemplate.TEXT));
      passages.put(domain, new PromptTemplate(prompt.passage() + PromptTemplate.TEXT));
    });
    return new Prompts(queries, passages);
  }

  /** A new optimizer of the model's weights. */
  public static Optimizer optimizer(TrainConfig train) {
    long warmup = warmup(train.warmupSteps(), train.warmupRatio(), train.steps());
    var schedule =
        schedule(train.schedule(), train.learningRate(), train.steps(), warmup, train.minRatio());
    var optimizer = switch (train.optimizer()) {
      case ADAMW ->
        AdamW.builder(schedule)
            .betas(train.beta1(), train.beta2())
            .epsilon(train.epsilon())
            .weightDecay(train.weightDecay())
            .build();
      case SGD -> new Sgd(schedule, 0, 0, train.weightDecay());
      case ADAGRAD -> new Adagrad(schedule, ADAGRAD_EPSILON, train.weightDecay());
      case RMSPROP -> new RmsProp(schedule, train.beta2(), train.epsilon(), train.weightDecay());
    };
    return optimizer
        .globalClipNorm((float) train.maxGradNorm())
        .gradientAccumulationSteps(train.accumulationSteps());
  }

  /** How the domain weights are learned in that many updates. */
  public static DomainWeightOptions domainWeights(DroConfig dro, long updates) {
    return DomainWeightOptions.builder(measure(dro))
        .clip(new GradientClip(GradientClip.Kind.valueOf(dro.clip().name()), dro.maxGradNorm()))
        .rule(rule(dro))
        .stepSize(dro.stepSize())
        .schedule(new StepSizeSchedule(
            StepSizeSchedule.Kind.valueOf(dro.schedule().name()),
            warmup(dro.warmupSteps(), dro.warmupRatio(), updates),
            dro.minRatio()))
        .normalize(dro.normalizeEveryUpdate())
        .ema(dro.ema())
        .build();
  }

  private static LossMeasure measure(DroConfig dro) {
    return dro.measure() == DroConfig.Measure.RATIO_OF_MEANS
        ? new LossMeasure.RatioOfMeans()
        : new LossMeasure.PerRow(
            dro.subtractReference(), dro.normalizeByReference(), dro.referenceNorm());
  }

  private static AscentRule rule(DroConfig dro) {
    return switch (dro.optimizer()) {
      case SGD ->
        new AscentRule.Sgd(
            dro.weightEma() ? dro.ema() : 0,
            dro.weightEma() ? 1 - dro.ema() : 0,
            dro.weightDecay());
      case ADAMW -> new AscentRule.Adam(dro.beta1(), dro.beta2(), dro.epsilon(), dro.weightDecay());
      case ADAGRAD -> new AscentRule.AdaptiveSum(dro.weightDecay());
      case RMSPROP ->
        new AscentRule.RootMeanSquare(dro.rmspropAlpha(), dro.epsilon(), dro.weightDecay());
    };
  }

  private static LearningRateSchedule schedule(
      ScheduleKind kind, double peak, long steps, long warmup, double minRatio) {
    return switch (kind) {
      case CONSTANT -> LearningRateSchedule.constant(peak);
      case CONSTANT_WITH_WARMUP -> LearningRateSchedule.constantWithWarmup(peak, warmup);
      case LINEAR -> LearningRateSchedule.linear(peak, steps, warmup, minRatio);
      case COSINE -> LearningRateSchedule.cosine(peak, steps, warmup, minRatio);
    };
  }

  private static long warmup(int steps, double ratio, long updates) {
    return steps > 0 ? steps : (long) Math.ceil(updates * ratio);
  }
}
