package org.tdro.training;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.tdro.config.ConfigException;
import org.tdro.keras.ComputeType;
import org.tdro.keras.Device;
import org.tdro.keras.Execution;
import org.tdro.keras.LearningRateSchedule;
import org.tdro.keras.Optimizer;
import org.tdro.keras.optimizers.Adagrad;
import org.tdro.keras.optimizers.AdamW;
import org.tdro.keras.optimizers.RmsProp;
import org.tdro.keras.optimizers.Sgd;
import org.tdro.mixing.tdro.AscentRule;
import org.tdro.mixing.tdro.DomainWeightOptions;
import org.tdro.mixing.tdro.GradientClip;
import org.tdro.mixing.tdro.LossMeasure;
import org.tdro.mixing.tdro.StepSizeSchedule;
import org.tdro.models.lora.Lora;
import org.tdro.retriever.ComputeOptions;
import org.tdro.retriever.ContrastiveLoss;
import org.tdro.retriever.Distillation;
import org.tdro.retriever.Matryoshka;
import org.tdro.retriever.Pooling;
import org.tdro.retriever.RetrieverSpec;
import org.tdro.rows.Fold;
import org.tdro.text.PromptTemplate;
import org.tdro.text.Prompts;
import org.tdro.training.config.DataConfig;
import org.tdro.training.config.DeviceConfig;
import org.tdro.training.config.DroConfig;
import org.tdro.training.config.LoraConfig;
import org.tdro.training.config.LossConfig;
import org.tdro.training.config.ModelConfig;
import org.tdro.training.config.PromptConfig;
import org.tdro.training.config.RunConfig;
import org.tdro.training.config.ScheduleKind;
import org.tdro.training.config.TrainConfig;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;

/** What a configuration says, as the objects that do it. */
public final class FromConfig {
  /** ε of torch's Adagrad. */
  private static final double ADAGRAD_EPSILON = 1e-10;

  private FromConfig() {}

  /** The shape of the retriever, for token ids below {@code vocabulary}: the tokenizer's. */
  public static RetrieverSpec spec(ModelConfig model, int vocabulary) {
    return new RetrieverSpec(
            Architectures.of(model, vocabulary),
            Pooling.valueOf(model.pooling().name()),
            model.projection(),
            model.normalize())
        .untied(model.untied())
        .with(lora(model.lora()));
  }

  /**
   * TensorFlow's session options.
   *
   * @throws ConfigException if a GPU is asked for and TensorFlow sees none
   */
  public static ConfigProto session(DeviceConfig device) {
    var gpus = GPUOptions.newBuilder()
        .setAllowGrowth(device.memoryGrowth())
        .setPerProcessGpuMemoryFraction(device.memoryFraction())
        .setVisibleDeviceList(
            device.visibleGpus().stream().map(Object::toString).collect(Collectors.joining(",")));
    var session = ConfigProto.newBuilder()
        .setGpuOptions(gpus)
        .setInterOpParallelismThreads(device.interOpThreads())
        .setIntraOpParallelismThreads(device.intraOpThreads())
        .setAllowSoftPlacement(device.softPlacement());
    if (device.placement() == DeviceConfig.Placement.CPU) {
      session.putDeviceCount("GPU", 0);
    }
    var options = session.build();
    if (device.placement() == DeviceConfig.Placement.GPU
        && Device.visible(options).stream().noneMatch(Device::isGpu)) {
      throw new ConfigException(List.of(
          "device.placement is gpu, but TensorFlow sees no GPU: run `tdro doctor` to learn what is"
              + " missing, or give device.placement=auto to compute on the CPU"));
    }
    return options;
  }

  static Lora lora(LoraConfig lora) {
    return lora.rank() == 0
        ? Lora.NONE
        : new Lora(lora.rank(), lora.alpha(), (float) lora.dropout(), lora.targetModules());
  }

  /** The contrastive loss of embeddings that a model of that configuration makes. */
  public static ContrastiveLoss loss(LossConfig loss, ModelConfig model) {
    var dimensions = loss.matryoshkaDimensions();
    var distillation = loss.distillation();
    return new ContrastiveLoss(
        (float) loss.temperature(),
        ContrastiveLoss.Negatives.valueOf(loss.negatives().name()),
        dimensions.isEmpty()
            ? Optional.empty()
            : Optional.of(new Matryoshka(dimensions, loss.matryoshkaWeights(), model.normalize())),
        distillation.isOn()
            ? Optional.of(
                new Distillation((float) distillation.weight(), (float) distillation.temperature()))
            : Optional.empty());
  }

  /** How a step is computed. */
  public static ComputeOptions compute(RunConfig config) {
    var train = config.train();
    return new ComputeOptions(
        train.chunkSize() == 0
            ? Execution.direct()
            : ComputeOptions.inChunks(train.chunkSize(), config.data().padMultiple()),
        train.gradientCheckpointing(),
        train.precision() == TrainConfig.Precision.MIXED_BFLOAT16
            ? ComputeType.BFLOAT16
            : ComputeType.FLOAT32);
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
