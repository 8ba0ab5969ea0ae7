package org.tdro.tools.bench;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.tdro.experiments.bench.EncoderShape;
import org.tdro.experiments.bench.MemoryBenchmark;
import org.tdro.experiments.bench.StepBenchmark;
import org.tdro.experiments.bench.StepKind;
import org.tdro.experiments.bench.StepReport;
import org.tdro.experiments.bench.TextLengths;
import org.tdro.io.Json;
import org.tdro.tools.options.CommandGroup;
import org.tdro.tools.options.ConfigArguments;
import org.tdro.tools.options.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code tdro bench}, the parent of those that measure what things cost. */
@Command(
    name = "bench",
    description = "Measure what training, encoding, serving and searching cost on this machine.",
    mixinStandardHelpOptions = true,
    subcommands = {
      BenchCommand.Step.class,
      BenchCommand.Memory.class,
      BenchEncodeCommand.class,
      BenchServeCommand.class,
      BenchDedupCommand.class,
      BenchSearchCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro bench step --shape 64,64,256,4,1024,4,8000",
      "  tdro bench memory --steps 5000",
      "  tdro bench encode --model runs/finetune --input corpus.jsonl.gz --kind passage",
      "  tdro bench serve http://localhost:8501/v1/models/retriever --input queries.jsonl --kind query --concurrency 32",
      "  tdro bench search --documents 200000 --dimension 384"
    })
public final class BenchCommand extends CommandGroup {
  /** The command {@code tdro bench step}, which measures the cost of a training step. */
  @Command(
      name = "step",
      mixinStandardHelpOptions = true,
      description = {
        "Measure forward passes, plain training steps and dro steps, in turn; and a product of two matrices of 2048 rows and columns, whose "
            + "GFLOP/s show what the machine can do.",
        "Model, batch and longest lengths are the configuration's, or those of --shape."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  tdro bench step --shape 64,64,256,4,1024,4,8000",
        "  tdro bench step model=mini train.batch-size=32 data.passages-per-query=5 --steps 50 --json",
        "  tdro bench step model=mini data=FOLDER train.length-groups=4 --lengths real --kinds train"
      })
  static final class Step implements Callable<Integer> {
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
        description = "Passages for each query. Default: the configuration's; 1 with --shape.")
    private Integer passages;

    @Option(
        names = "--kinds",
        split = ",",
        paramLabel = "KIND",
        defaultValue = "forward,train,dro,weight_update,matrix_product",
        description = {
          "Kinds of step to measure. Only the models that they need are built and count in the peak memory. Default: ${DEFAULT-VALUE}"
        })
    private List<StepKind> kinds = new ArrayList<>();

    @Option(
        names = "--lengths",
        paramLabel = "LENGTHS",
        defaultValue = "fixed",
        description = {
          "fixed: synthetic tokens, all texts of the longest length; no files are read.",
          "real: the rows of data.train, in the batches in which training would read them. Default: ${DEFAULT-VALUE}"
        })
    private TextLengths lengths;

    @Option(
        names = "--steps",
        paramLabel = "N",
        defaultValue = "30",
        description = "Measured steps of each kind. Default: ${DEFAULT-VALUE}")
    private int steps;

    @Option(
        names = "--warmup",
        paramLabel = "N",
        defaultValue = "5",
        description = "Steps of each kind before the measured ones. Default: ${DEFAULT-VALUE}")
    private int warmup;

    @Option(
        names = "--kernels",
        description =
            "Then take a plain and a dro step, if they are among the kinds, under TensorFlow's tracer and print what each kind of kernel took. Not for steps in chunks.")
    private boolean kernels;

    @Option(names = "--json", description = "End with one line of JSON; times in ms are medians.")
    private boolean json;

    @Override
    public Integer call() {
      var benchmark = benchmark();
      var report = benchmark.run();
      var out = spec.commandLine().getOut();
      print(report, out);
      if (kernels) {
        benchmark.kernels().forEach((kind, times) -> {
          out.printf("%n%s%n", kind.title());
          out.print(KernelTable.of(times));
        });
        out.flush();
      }
      if (json) {
        out.println(Json.line(report.values()));
      }
      return 0;
    }

    private StepBenchmark benchmark() {
      try {
        var settings = new ArrayList<String>();
        if (shape != null) {
          settings.addAll(EncoderShape.parse(shape).settings(passages == null ? 1 : passages));
        } else if (passages != null) {
          settings.add("data.passages-per-query=" + passages);
        }
        settings.addAll(arguments.overrides());
        var config = arguments.composer().compose(List.copyOf(settings));
        return new StepBenchmark(config, EnumSet.copyOf(kinds), lengths, steps, warmup);
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec.commandLine(), e.getMessage(), e);
      }
    }

    private static void print(StepReport report, PrintWriter out) {
      var table = new TextTable("ms a step", "median", "least", "cpu", "GFLOP/s");
      report
          .times()
          .forEach((kind, times) -> table.row(
              kind.title(),
              format("%.2f", times.median()),
              format("%.2f", times.minimum()),
              format("%.2f", times.cpuMean()),
              report.gflops(kind).isPresent()
                  ? format("%.0f", report.gflops(kind).getAsDouble())
                  : ""));
      out.print(table);
      out.println();
      line(out, "dro / train          %.3f", report.droToTrain(), 1);
      line(out, "weight update        %.2f %% of a dro step", report.weightUpdateShare(), 100);
      line(out, "waiting for input    %.2f %% of plain steps", report.inputWaitShare(), 100);
      out.println(format(
          "tokens               %.0f a step; of the batch, %.1f %% are padding",
          report.tokens(), 100 * report.paddingShare()));
      line(
          out,
          "speed                %.0f tokens a second in training, padding not counted",
          report.tokensPerSecond(),
          1);
      out.println(format(
          "resident memory      %s MiB before, %s MiB after, %s MiB at most",
          orUnknown(report.residentBeforeMib()),
          orUnknown(report.residentAfterMib()),
          orUnknown(report.peakMib())));
      out.println(format("load of the machine  %.1f", report.load()));
    }

    /** Prints a line if the value is known. */
    private static void line(PrintWriter out, String pattern, OptionalDouble value, double factor) {
      value.ifPresent(known -> out.println(format(pattern, factor * known)));
    }

    private static String orUnknown(OptionalDouble value) {
      return value.isPresent() ? format("%.0f", value.getAsDouble()) : "unknown";
    }

    private static String format(String pattern, Object... values) {
      return String.format(Locale.ROOT, pattern, values);
    }
  }

  /** The command {@code tdro bench memory}, which shows whether training leaks memory. */
  @Command(
      name = "memory",
      mixinStandardHelpOptions = true,
      description =
          "Take many dro steps with a tiny model and print how much memory the process uses.",
      footerHeading = "%nExamples:%n",
      footer = {"  tdro bench memory --steps 5000", "  tdro bench memory --steps 500 model.layers=4"
      })
  static final class Memory implements Callable<Integer> {
    private static final EncoderShape TINY = new EncoderShape(16, 16, 32, 2, 64, 1, 500);

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigArguments arguments;

    @Option(
        names = "--steps",
        paramLabel = "N",
        defaultValue = "5000",
        description = "Steps to take. Default: ${DEFAULT-VALUE}")
    private int steps;

    @Option(
        names = "--every",
        paramLabel = "N",
        defaultValue = "250",
        description = "Steps between two readings of the memory. Default: ${DEFAULT-VALUE}")
    private int every;

    @Override
    public Integer call() {
      var out = spec.commandLine().getOut();
      out.println("step    resident MiB");
      var report = benchmark().run(reading -> {
        out.println(
            String.format(Locale.ROOT, "%-7d %12.1f", reading.step(), reading.residentMib()));
        out.flush();
      });
      out.println(String.format(
          Locale.ROOT,
          "growth  %12.1f bytes a step in the second half",
          report.growthBytesPerStep()));
      return 0;
    }

    private MemoryBenchmark benchmark() {
      try {
        var settings = new ArrayList<>(TINY.settings(1));
        settings.addAll(arguments.overrides());
        var config = arguments.composer().compose(List.copyOf(settings)).config();
        return new MemoryBenchmark(config, steps, every);
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec.commandLine(), e.getMessage(), e);
      }
    }
  }
}
