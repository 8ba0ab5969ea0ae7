package org.tdro.tools;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.tdro.experiments.bench.EncoderShape;
import org.tdro.experiments.bench.StepBenchmark;
import org.tdro.experiments.bench.StepReport;
import org.tdro.experiments.bench.StepTimes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tdro bench step}: what a step of training costs. */
@Command(
    name = "step",
    mixinStandardHelpOptions = true,
    description = {
      "Measure forward passes, plain training steps and dro steps, in turn, on made-up tokens.",
      "Model, batch and lengths are the configuration's, or those of --shape. No files are read."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro bench step --shape 64,64,256,4,1024,4,8000",
      "  tdro bench step model=mini train.batch-size=32 data.passages-per-query=5 --steps 50 --json"
    })
final class BenchStepCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Mixin
  private ConfigArguments arguments;

  @Option(
      names = "--shape",
      paramLabel = "SHAPE",
      description = "A transformer and its batch as " + EncoderShape.FORMAT
          + "; batch counts all texts, half of them queries unless --passages says otherwise."
          + " No dropout, in-batch negatives.")
  private String shape;

  @Option(
      names = "--passages",
      paramLabel = "N",
      description = "Passages a query. Default: the configuration's; 1 with --shape.")
  private Integer passages;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "30",
      description = "Steps to measure of each kind. Default: ${DEFAULT-VALUE}")
  private int steps;

  @Option(
      names = "--warmup",
      paramLabel = "N",
      defaultValue = "5",
      description = "Steps of each kind before that. Default: ${DEFAULT-VALUE}")
  private int warmup;

  @Option(names = "--json", description = "End with one line of JSON; times in ms are medians.")
  private boolean json;

  @Override
  public Integer call() throws JsonProcessingException {
    var report = benchmark().run();
    var out = spec.commandLine().getOut();
    print(report, out);
    if (json) out.println(new JsonMapper().writeValueAsString(report.values()));
    return 0;
  }

  private StepBenchmark benchmark() {
    try {
      var settings = new ArrayList<String>();
      if (shape != null)
        settings.addAll(EncoderShape.parse(shape).settings(passages == null ? 1 : passages));
      else if (passages != null) settings.add("data.passages-per-query=" + passages);
      settings.addAll(arguments.overrides());
      var config = arguments.composer().compose(List.copyOf(settings)).config();
      return new StepBenchmark(config, steps, warmup);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private static void print(StepReport report, PrintWriter out) {
    var table = new TextTable("ms a step", "median", "least", "cpu", "GFLOP/s");
    row(table, "forward", report.forward(), format("%.0f", report.forwardGflops()));
    row(table, "train", report.train(), format("%.0f", report.trainGflops()));
    row(table, "dro", report.dro(), format("%.0f", report.droGflops()));
    row(table, "weight update alone", report.weightUpdate(), "");
    out.print(table);
    out.println();
    out.println(format("dro / train          %.3f", report.droToTrain()));
    out.println(
        format("weight update        %.2f %% of a dro step", 100 * report.weightUpdateShare()));
    out.println(
        format("waiting for input    %.2f %% of plain steps", 100 * report.inputWaitShare()));
    out.println(format(
        "tokens               %d a step, %.0f a second in training",
        report.tokens(), report.tokensPerSecond()));
    out.println(format(
        "resident memory      %s MiB before, %s MiB after",
        orUnknown(report.residentBeforeMib()), orUnknown(report.residentAfterMib())));
    out.println(format("load of the machine  %.1f", report.load()));
  }

  private static void row(TextTable table, String name, StepTimes times, String gflops) {
    table.row(
        name,
        format("%.2f", times.median()),
        format("%.2f", times.minimum()),
        format("%.2f", times.cpuMean()),
        gflops);
  }

  private static String orUnknown(OptionalDouble value) {
    return value.isPresent() ? format("%.0f", value.getAsDouble()) : "unknown";
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
