package org.tdro.tools.data;

import java.util.Optional;
import org.tdro.rows.RowFormat;
import org.tdro.rows.RowOptions;
import org.tdro.tools.options.Usage;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of commands that read training rows: their form, their columns, and what to do with those that cannot be read. */
final class RowFormatOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--format",
      paramLabel = "FORM",
      description =
          "The form of the rows, if it is not to be recognised: tevatron, tevatron-ids, sentence-transformers, flagembedding, "
              + "dpr, beir, msmarco or msmarco-triples.")
  private String format;

  @Option(
      names = "--columns",
      paramLabel = "ROLE=NAME,…",
      description =
          "The columns of a row, if no form has their names: query=NAME,positive=NAME and, if there are any, negative=NAME and "
              + "id=NAME. Positive and negative may be given several times.")
  private String columns;

  @Option(
      names = "--on-error",
      paramLabel = "WHAT",
      description =
          "Rows that cannot be read: fail, or skip them, with their number and the first ones on standard error (default: fail).")
  private RowOptions.OnError onError = RowOptions.OnError.FAIL;

  /** How the rows are read. */
  RowOptions options() {
    return new RowOptions(
        Optional.ofNullable(format).map(this::format),
        Optional.ofNullable(columns).map(this::columns),
        onError);
  }

  private RowFormat format(String name) {
    return RowFormat.of(name)
        .orElseThrow(() -> new ParameterException(
            spec.commandLine(),
            "--format: there is no form " + name + "; there are " + RowFormat.names()));
  }

  private RowOptions.Columns columns(String text) {
    return Usage.checked(spec, "--columns: ", () -> RowOptions.Columns.parse(text));
  }
}
