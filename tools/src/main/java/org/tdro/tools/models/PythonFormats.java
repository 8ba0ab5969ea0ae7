package org.tdro.tools.models;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tdro.export.python.HuggingFaceExport;
import org.tdro.export.python.PeftExport;
import org.tdro.export.python.PythonModelCard;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.retriever.RetrieverSettings;
import org.tdro.retriever.RetrieverSource;
import org.tdro.runs.RunFolder;
import org.tdro.runs.RunRecord;
import org.tdro.text.TextKind;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of {@code tdro export} for formats that Python programs load. */
final class PythonFormats {
  private static final String SAVED_MODEL = "saved-model";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /** The formats, for completion. */
  private static final class Formats extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    Formats() {
      super(List.of(SAVED_MODEL, "huggingface", "peft"));
    }
  }

  /** The types of weights, for completion. */
  private static final class Types extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    Types() {
      super(List.of("float32", "bfloat16"));
    }
  }

  @Option(
      names = "--format",
      defaultValue = SAVED_MODEL,
      paramLabel = "FORMAT",
      completionCandidates = Formats.class,
      description =
          "saved-model, huggingface (config.json, safetensors and sentence-transformers' files, adapters merged) or peft (adapters alone) (default: ${DEFAULT-VALUE}).")
  private String format;

  @Option(
      names = "--dtype",
      defaultValue = "float32",
      completionCandidates = Types.class,
      paramLabel = "TYPE",
      description =
          "Type of the weights of huggingface, float32 or bfloat16 (default: ${DEFAULT-VALUE}).")
  private String type;

  @Option(
      names = "--max-shard-size",
      defaultValue = "5GB",
      paramLabel = "SIZE",
      description =
          "Largest file of weights of huggingface, such as 500MB or 5GB; more weights go into several files (default: ${DEFAULT-VALUE}).")
  private String maxShardSize;

  @Option(
      names = "--side",
      paramLabel = "SIDE",
      description =
          "query or passage: which encoder is written for huggingface or peft, if the two differ.")
  private TextKind side;

  /** Returns whether one of these formats was chosen. */
  boolean arePython() {
    return !format.equalsIgnoreCase(SAVED_MODEL);
  }

  /** Exports in the format that was chosen. */
  void export(RetrieverSource stored, RetrieverSettings settings, Path output) {
    switch (format.toLowerCase(Locale.ROOT)) {
      case "huggingface" ->
        new HuggingFaceExport(dtype(), shardBytes(), card(stored))
            .export(stored, settings, Optional.ofNullable(side), output);
      case "peft" ->
        new PeftExport(card(stored)).export(stored, settings, Optional.ofNullable(side), output);
      default ->
        throw new ParameterException(
            spec.commandLine(), "--format must be saved-model, huggingface or peft, was " + format);
    }
    var out = spec.commandLine().getOut();
    out.printf(Locale.ROOT, "%s: written for %s%n", output, format.toLowerCase(Locale.ROOT));
    out.flush();
  }

  private DType dtype() {
    return switch (type.toLowerCase(Locale.ROOT)) {
      case "float32" -> DType.F32;
      case "bfloat16" -> DType.BF16;
      default ->
        throw new ParameterException(
            spec.commandLine(), "--dtype must be float32 or bfloat16, was " + type);
    };
  }

  /** Returns the size in bytes; units are powers of 1000, as in the transformers library. */
  private long shardBytes() {
    var text = maxShardSize.toUpperCase(Locale.ROOT);
    if (!text.matches("[1-9][0-9]{0,9}(K|M|G|)B?")) {
      throw new ParameterException(
          spec.commandLine(),
          "--max-shard-size must be a size such as 500MB or 5GB, was " + maxShardSize);
    }
    long number = Long.parseLong(text.replaceAll("\\D", ""));
    if (text.contains("G")) {
      return number * 1_000_000_000;
    }
    return text.contains("M") ? number * 1_000_000 : text.contains("K") ? number * 1_000 : number;
  }

  /** Returns a card with the facts of the run whose folder holds the model, if there is one. */
  private static PythonModelCard card(RetrieverSource stored) {
    var folder = stored.path().toAbsolutePath();
    return new PythonModelCard(Optional.ofNullable(folder.getParent())
        .map(RunFolder::new)
        .filter(run -> run.model().equals(folder))
        .flatMap(RunRecord::read)
        .map(PythonFormats::facts)
        .orElse(Map.of()));
  }

  private static Map<String, String> facts(RunRecord run) {
    var facts = new LinkedHashMap<String, String>();
    facts.put("stage", run.stage());
    facts.put("seed", Long.toString(run.seed()));
    facts.put("trained", run.started());
    run.inputs().forEach((name, hash) -> facts.put("SHA-256 of " + name, hash));
    run.versions().forEach(facts::put);
    return facts;
  }
}
