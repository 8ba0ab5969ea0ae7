package org.tdro.tools;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.tdro.serving.IdType;
import org.tdro.serving.SavedModelExport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tdro export}: a trained model in a form that other programs load. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Export a trained model as a SavedModel for TensorFlow Serving or, for Python, in Hugging Face's or PEFT's form.",
      "",
      "A SavedModel's signatures encode_query and encode_passage take input_ids and attention_mask [batch, length] and return "
          + "embedding [batch, size]; its assets hold the tokenizer.json. A fresh process loads the export and its "
          + "embeddings are compared with the model's before it is put in place."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro export --model runs/finetune --output serving/retriever/1",
      "  tdro export --model runs/finetune --output serving/retriever/1 --id-type int64",
      "  tdro export --model runs/finetune --output published/retriever --format huggingface --dtype bfloat16",
      "  tdro export --model runs/adapted --output published/adapter --format peft"
    })
final class ExportCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Mixin
  private ModelOption model;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "The exported folder; it must not exist yet.")
  private Path output;

  @Mixin
  private PythonFormats formats;

  @Option(
      names = "--id-type",
      defaultValue = "int32",
      paramLabel = "TYPE",
      description =
          "Type of input_ids and attention_mask, int32 or int64 (default: ${DEFAULT-VALUE}).")
  private IdType idType;

  @Option(
      names = "--tolerance",
      defaultValue = "1e-5",
      paramLabel = "X",
      description =
          "Largest difference between an exported and a trained embedding that is accepted (default: ${DEFAULT-VALUE}).")
  private double tolerance;

  @Mixin
  private EmbeddingSize size;

  @Override
  public Integer call() {
    if (Files.exists(output)) {
      throw new ParameterException(
          spec.commandLine(), output + " exists already; name another folder or remove it");
    }
    if (!(tolerance >= 0)) {
      throw new ParameterException(
          spec.commandLine(), "--tolerance must be at least 0, was " + tolerance);
    }
    var stored = model.stored();
    if (formats.export(stored, size.cut(stored.settings()), output)) {
      return 0;
    }
    double difference =
        new SavedModelExport(idType, tolerance).export(stored, size.cut(stored.settings()), output);
    var out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%s: loaded by a fresh process, its embeddings differ from the model's by at most %.1e%n",
        output,
        difference);
    out.flush();
    return 0;
  }
}
