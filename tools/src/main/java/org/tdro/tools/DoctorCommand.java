package org.tdro.tools;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.tdro.config.ConfigComposer;
import org.tdro.io.Json;
import org.tdro.tools.doctor.Doctor;
import org.tdro.tools.doctor.Finding;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tdro doctor}: whether this machine and this build can train, and what to do where not. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Look at this machine and this build: processor, memory, folders, native libraries, devices.",
      "Every line is ok, a note, or a problem with what to do. It takes a few seconds.",
      "",
      "Exit codes: 0 everything needed works, 1 something does not.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro doctor",
      "  tdro doctor --require-gpu    for scripts that must not train on a CPU",
      "  tdro doctor --json",
    })
final class DoctorCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Option(
      names = "--require-gpu",
      description = "A GPU that cannot be used is a problem, rather than a note.")
  private boolean requireGpu;

  @Option(names = "--json", description = "Print JSON instead of lines.")
  private boolean json;

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    var config = ConfigComposer.standard(Optional.empty()).compose(List.of()).config();
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

  /** At once: what comes next may end the process. */
  private static void print(Finding finding, PrintWriter out) {
    out.println(String.format(
        Locale.ROOT, "%-8s %-17s %s", finding.status().word(), finding.subject(), finding.found()));
    if (!finding.advice().isEmpty()) {
      out.println(" ".repeat(27) + "-> " + finding.advice());
    }
    out.flush();
  }
}
