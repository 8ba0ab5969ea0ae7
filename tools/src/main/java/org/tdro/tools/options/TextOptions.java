package org.tdro.tools.options;

import java.nio.file.Path;
import java.util.Locale;
import org.tdro.text.Prompts;
import org.tdro.text.TextKind;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The texts of commands that encode a file, and their prompt. */
public final class TextOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "FILE",
      description = "JSONL of texts; .gz is decompressed.")
  private Path input;

  @Option(
      names = "--kind",
      required = true,
      paramLabel = "KIND",
      description = "What the texts are: query or passage. Maximum lengths and prompts differ.")
  private TextKind kind;

  @Option(
      names = "--prompt",
      paramLabel = "NAME",
      description =
          "Put the prompt of this domain before the texts (default: the prompt that the model has for all texts, if any).")
  private String prompt;

  public Path input() {
    return input;
  }

  public TextKind kind() {
    return kind;
  }

  /**
   * Returns the name of the prompt; prints a note if the model has prompts, but none for the texts.
   *
   * @throws ParameterException if there is no prompt of that name
   */
  public String prompt(Prompts prompts) {
    var names = prompts.names(kind);
    if (prompt == null) {
      if (!names.isEmpty() && prompts.lacks(kind, Prompts.EVERY_TASK)) {
        var err = spec.commandLine().getErr();
        err.printf(
            "the texts get no prompt: the model has %s; choose one with --prompt NAME%n",
            String.join(", ", names));
        err.flush();
      }
      return Prompts.EVERY_TASK;
    }
    if (!names.contains(prompt)) {
      var known = names.isEmpty() ? "none" : String.join(", ", names);
      throw new ParameterException(
          spec.commandLine(),
          prompts.names().contains(prompt)
              ? "--prompt %s is not for texts of --kind %s; for these the model has %s"
                  .formatted(prompt, kind.name().toLowerCase(Locale.ROOT), known)
              : "--prompt %s is unknown; for these texts the model has %s"
                  .formatted(prompt, known));
    }
    return prompt;
  }
}
