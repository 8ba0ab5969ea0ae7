package org.tdro.tools;

import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code tdro config}, which prints the configuration that other commands make of the same arguments. */
@Command(
    name = "config",
    mixinStandardHelpOptions = true,
    description = "Print the resolved configuration, with the origin of each value.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro config stage=dro dro=reference-code dro.reference=runs/reference",
      "  tdro config model=mini data=../shared/data/train 'data.domains=[acl,gsm8k]'",
      "  tdro config stages.finetune.train.steps=2000 stage=finetune --format json",
    })
final class ConfigCommand implements Runnable {
  @Spec
  private CommandSpec spec;

  @Mixin
  private ConfigArguments arguments;

  @Option(
      names = "--format",
      description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.",
      defaultValue = "hocon")
  private Format format;

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
    var config = arguments.composer().compose(arguments.overrides());
    var out = spec.commandLine().getOut();
    out.print(format == Format.HOCON ? config.render() : config.renderJson());
    out.flush();
  }
}
