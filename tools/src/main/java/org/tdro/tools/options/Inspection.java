package org.tdro.tools.options;

import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Option;

/** The options of Hydra's commands that print the configuration, or how it was composed, in place of running. */
public final class Inspection {
  @Option(
      names = {"-c", "--cfg"},
      paramLabel = "WHAT",
      description =
          "Print the configuration and do not run. ${COMPLETION-CANDIDATES}: all adds the files that it is made of.")
  private Configuration configuration;

  @Option(
      names = "--resolve",
      description = "With --cfg, print the values of substitutions such as $${stage}.")
  private boolean resolved;

  @Option(
      names = {"-p", "--package"},
      paramLabel = "SECTION",
      description = "With --cfg, print this section alone.")
  private String section;

  @Option(
      names = {"-i", "--info"},
      paramLabel = "WHAT",
      description =
          "Print how the configuration is composed, and do not run: ${COMPLETION-CANDIDATES}.")
  private Information information;

  private enum Configuration {
    JOB,
    ALL;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private enum Information {
    DEFAULTS,
    SEARCHPATH,
    CONFIG,
    ALL;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Prints what was asked for; returns false if nothing was. */
  public boolean print(ConfigArguments arguments, PrintWriter out) {
    if (configuration == null && information == null) {
      return false;
    }
    if (information == Information.SEARCHPATH
        || information == Information.CONFIG
        || information == Information.ALL) {
      out.println("# Folders, searched in this order:");
      arguments.composer().searchPath().forEach(folder -> out.println("#   " + folder));
    }
    if ((information != null && information != Information.SEARCHPATH)
        || configuration == Configuration.ALL) {
      printSources(arguments, out);
    }
    if (configuration != null
        || information == Information.CONFIG
        || information == Information.ALL) {
      var config = arguments.composer().compose(arguments.overrides());
      out.print(
          section != null
              ? config.render(section, resolved)
              : resolved ? config.render() : config.renderUnresolved());
    }
    out.flush();
    return true;
  }

  private static void printSources(ConfigArguments arguments, PrintWriter out) {
    out.println("# Files, each of which overrides those before it:");
    var sources = arguments.composer().sources(arguments.overrides());
    int width =
        sources.stream().mapToInt(source -> source.file().length()).max().orElse(1);
    for (var source : sources) {
      var section = source.section().isEmpty() ? "" : "section " + source.section() + ", ";
      var chosen = source.origin().isEmpty() ? "" : section + "chosen by " + source.origin();
      out.println(("#   %-" + width + "s  %s").formatted(source.file(), chosen).stripTrailing());
    }
  }
}
