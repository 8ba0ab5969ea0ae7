package org.tdro.peers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.tdro.config.ResolvedConfig;
import org.tdro.experiments.bench.StepTimes;
import org.tdro.experiments.bench.TextLengths;
import org.tdro.experiments.bench.Workload;
import org.tdro.keras.Callback;
import org.tdro.keras.FitOptions;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.keras.ScheduleSpec;
import org.tdro.keras.optimizers.OptimizerSpec;
import org.tdro.models.BertArchitecture;
import org.tdro.retriever.Pooling;
import org.tdro.retriever.contrastive.ContrastiveModel;
import org.tdro.training.config.RunConfig;
import org.tensorflow.types.TFloat32;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Takes the same training steps with tdro-tf and with PyTorch, in turn, from the same weights and on the same batches. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Take the same training steps with tdro-tf and with PyTorch (through DJL) in turn, from the same weights and on the same batches.",
      "The model has BERT's shape, mean pooling and no dropout; the loss is InfoNCE with in-batch negatives, the optimizer AdamW."
    })
final class PyTorchComparison implements Callable<Integer> {
  private static final String OURS = "tdro-tf";
  private static final String THEIRS = "PyTorch";
  private static final String GRADIENTS = "without update";

  @Spec
  private CommandSpec spec;

  @Parameters(
      paramLabel = "KEY=VALUE",
      description =
          "Settings of the run, as of tdro train: model=checkpoint model.path=FOLDER data=FOLDER train.batch-size=32.")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--lengths",
      defaultValue = "real",
      description =
          "real: the rows of data.train; fixed: synthetic tokens, all texts of the longest length. Default: ${DEFAULT-VALUE}.")
  private TextLengths lengths;

  @Option(names = "--steps", defaultValue = "20", description = "Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--warmup",
      defaultValue = "3",
      description = "Steps before the measured ones. Default: ${DEFAULT-VALUE}.")
  private int warmup;

  @Override
  public Integer call() {
    var resolved = RunConfig.composer(Optional.empty()).compose(settings);
    try (var workload = Workload.of(resolved, lengths);
        var ours = workload.plainModel();
        var rows = workload.dataset();
        var theirs = theirs(resolved, workload, ours)) {
      var adam = adam(resolved.config());
      var losses = new Losses();
      var tasks = new LinkedHashMap<String, Runnable>();
      tasks.put(
          OURS,
          () -> ours.fit(
              rows,
              FitOptions.epochs((int) ours.iterations() + 1)
                  .withStepsPerEpoch(1)
                  .withCallbacks(losses)));
      tasks.put(
          THEIRS,
          () ->
              losses.theirs.add((double) theirs.step(workload.batch(losses.theirs.size()), adam)));
      tasks.put(GRADIENTS, () -> theirs.step(workload.batch(losses.theirs.size() - 1), null));
      StepTimes.inTurn(tasks, warmup);
      report(StepTimes.inTurn(tasks, steps), workload, losses);
    }
    return 0;
  }

  private void report(Map<String, StepTimes> times, Workload workload, Losses losses) {
    double tokens = LongStream.range(warmup, warmup + steps)
        .map(step -> workload.load(step).tokens())
        .average()
        .orElseThrow();
    times.forEach((name, measured) -> Comparisons.print(
        spec,
        "%-15s median %.0f ms, least %.0f ms, %.0f tokens/s%n",
        name,
        measured.median(),
        measured.minimum(),
        tokens / measured.median() * 1e3));
    Comparisons.print(
        spec,
        "speed over PyTorch's, median of steps: %.2f; over its forward and backward pass alone: %.2f%n",
        times.get(THEIRS).ratioTo(times.get(OURS)),
        times.get(GRADIENTS).ratioTo(times.get(OURS)));
    Comparisons.print(
        spec,
        "losses: first step %.6f and %.6f, last step %.6f and %.6f%n",
        losses.ours.get(0),
        losses.theirs.get(0),
        losses.ours.get(losses.ours.size() - 1),
        losses.theirs.get(losses.theirs.size() - 1));
  }

  private PyTorchRetriever theirs(
      ResolvedConfig<RunConfig> resolved, Workload workload, ContrastiveModel model) {
    var config = resolved.config();
    if (!(workload.spec().architecture() instanceof BertArchitecture shape)) {
      throw new ParameterException(spec.commandLine(), "the model must have BERT's shape");
    }
    if (shape.hiddenDropout() > 0 || shape.attentionDropout() > 0) {
      throw new ParameterException(
          spec.commandLine(), "model.dropout and model.attention-dropout must be 0");
    }
    if (workload.spec().pooling() != Pooling.MEAN || !workload.spec().normalize()) {
      throw new ParameterException(
          spec.commandLine(), "model.pooling must be mean, and model.normalize true");
    }
    if (config.train().accumulationSteps() != 1) {
      throw new ParameterException(spec.commandLine(), "train.accumulation-steps must be 1");
    }
    var weights = new LinkedHashMap<String, PyTorchRetriever.Values>();
    for (var weight : model.variables().trainable()) {
      try (var value =
          (TFloat32) model.session().runner().fetch(weight.value()).run().get(0)) {
        var values = new float[(int) value.size()];
        value.asRawTensor().data().asFloats().read(values);
        weights.put(weight.name(), new PyTorchRetriever.Values(weight.shape().asArray(), values));
      }
    }
    return new PyTorchRetriever(shape, config.loss().temperature(), weights);
  }

  /** Returns the run's optimizer; its schedule must be constant, so that the steps of both have one learning rate. */
  private PyTorchRetriever.AdamW adam(RunConfig config) {
    var train = config.train();
    var rule = train.rule();
    if (rule.rule() != OptimizerSpec.Rule.ADAMW
        || train.schedule().kind() != ScheduleSpec.Kind.CONSTANT) {
      throw new ParameterException(
          spec.commandLine(), "train.optimizer must be adamw and train.schedule constant");
    }
    return new PyTorchRetriever.AdamW(
        (float) train.learningRate(),
        (float) rule.beta1(),
        (float) rule.beta2(),
        (float) rule.epsilon(),
        (float) rule.weightDecay(),
        train.maxGradNorm() == 0 ? Float.POSITIVE_INFINITY : (float) train.maxGradNorm());
  }

  /** The losses of the steps of both. */
  private static final class Losses implements Callback {
    private final List<Double> ours = new ArrayList<>();
    private final List<Double> theirs = new ArrayList<>();

    @Override
    public void onTrainBatchEnd(Model model, long step, Logs logs) {
      ours.add(logs.get(Logs.LOSS));
    }
  }
}
