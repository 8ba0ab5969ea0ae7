package org.tdro.tools.training;

import java.util.Locale;
import org.tdro.tools.options.ConfigArguments;
import org.tdro.tools.options.Inspection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code tdro config}, which prints the configuration that other commands make of the same arguments. */
@Command(
    name = "config",
    mixinStandardHelpOptions = true,
    description = {
      "Print the resolved configuration, with the origin of each value.",
      "With --explain, print what a key or the keys of a section mean, take and hold."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro config stage=dro dro=reference-code dro.reference=runs/reference",
      "  tdro config model=mini train.steps=500 'data.domains=[trivia,news]'",
      "  tdro config --explain train.schedule",
      "  tdro config --explain dro dro=doremi",
      "  tdro config --info defaults experiment=quickstart",
      "  tdro config stages.finetune.train.steps=2000 stage=finetune --format json",
    })
public final class ConfigCommand implements Runnable {
  @Spec
  private CommandSpec spec;

  @Mixin
  private ConfigArguments arguments;

  @Mixin
  private Inspection inspection;

  @Option(
      names = "--format",
      description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.",
      defaultValue = "hocon")
  private Format format;

  @Option(
      names = "--explain",
      paramLabel = "KEY",
      description =
          "Print the meaning, values, default and origin of this key, or of all keys of this section.")
  private String explained;

  private enum Format {
    HOCON,
    JSON;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public void run() {
    var out = spec.commandLine().getOut();
    if (explained != null) {
      arguments
          .composer()
          .reference()
          .explain(explained, arguments.overrides())
          .forEach(out::println);
      out.flush();
      return;
    }
    if (inspection.print(arguments, out)) {
      return;
    }
    var config = arguments.composer().compose(arguments.overrides());
    out.print(format == Format.HOCON ? config.render() : config.renderJson());
    out.flush();
  }
}
