package org.tdro.tools;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.tdro.experiments.bench.EncoderShape;
import org.tdro.experiments.bench.MemoryBenchmark;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code tdro bench memory}, which shows whether training leaks memory. */
@Command(
    name = "memory",
    mixinStandardHelpOptions = true,
    description =
        "Take many dro steps with a tiny model and print how much memory the process uses.",
    footerHeading = "%nExamples:%n",
    footer = {"  tdro bench memory --steps 5000", "  tdro bench memory --steps 500 model.layers=4"})
final class BenchMemoryCommand implements Callable<Integer> {
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
      out.println(String.format(Locale.ROOT, "%-7d %12.1f", reading.step(), reading.residentMib()));
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
