package org.tdro.tools.doctor;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.tdro.io.Json;
import org.tdro.training.config.RunConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code tdro doctor}, which checks whether this machine and this build can train. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Check this machine and this build: processor, memory, folders, native libraries, devices.",
      "Each line is ok, a note, or a problem and how to solve it. It takes a few seconds.",
      "",
      "Exit codes: 0 everything needed works, 1 something does not.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro doctor",
      "  tdro doctor --require-gpu    for scripts that must not train on a CPU",
      "  tdro doctor --json",
    })
public final class DoctorCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Option(
      names = "--require-gpu",
      description = "Report a GPU that cannot be used as a problem, not as a note.")
  private boolean requireGpu;

  @Option(names = "--json", description = "Print JSON instead of lines.")
  private boolean json;

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    var config = RunConfig.composer(Optional.empty()).compose(List.of()).config();
    var findings =
        new Doctor(config, requireGpu).run(json ? finding -> {} : finding -> print(finding, out));
    long problems = Doctor.problems(findings);
    if (json) {
      var all = new LinkedHashMap<String, Object>();
      all.put("ok", problems == 0);
      all.put("findings", findings);
      out.println(Json.pretty(all));
    } else {
      out.println();
      out.println(
          problems == 0
              ? "Everything that is needed works."
              : problems + (problems == 1 ? " problem." : " problems."));
    }
    out.flush();
    return problems == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  /** Prints a finding at once, since the next check may end the process. */
  private static void print(Finding finding, PrintWriter out) {
    out.println(String.format(
        Locale.ROOT, "%-8s %-17s %s", finding.status().word(), finding.subject(), finding.found()));
    if (!finding.advice().isEmpty()) {
      out.println(" ".repeat(27) + "-> " + finding.advice());
    }
    out.flush();
  }
}
