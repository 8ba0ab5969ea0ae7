package org.tdro.tools.models;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.evaluation.Measure;
import org.tdro.evaluation.ModelEvaluation;
import org.tdro.evaluation.ResultsTable;
import org.tdro.evaluation.RetrievalEvaluation;
import org.tdro.evaluation.sets.Layout;
import org.tdro.evaluation.sets.Splits;
import org.tdro.export.DefaultSignature;
import org.tdro.export.ExportOptions;
import org.tdro.export.ExportedRetriever;
import org.tdro.export.Precision;
import org.tdro.export.SavedModelExport;
import org.tdro.io.TemporaryFolder;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.RetrieverSettings;
import org.tdro.retriever.RetrieverSource;
import org.tdro.retriever.SetPrompts;
import org.tdro.retriever.TextEncoder;
import org.tdro.retriever.ranking.DenseRanker;
import org.tdro.serving.client.IdType;
import org.tdro.tools.options.ModelOptions;
import org.tdro.tools.options.PromptOptions;
import org.tensorflow.proto.ConfigProto;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code tdro export}, which writes a trained model in a form that other programs load. */
@Command(
    name = "export",
    sortOptions = false,
    description = {
      "Export a trained model as a version of a SavedModel that TensorFlow Serving mounts or, for Python, in Hugging Face's or PEFT's format.",
      "",
      "A SavedModel's signatures encode_query, encode_passage and serving_default (queries) take input_ids and attention_mask "
          + "[batch, length] and return embedding [batch, size]; score takes both twice, of queries and of passages, and "
          + "returns score [queries, passages]. Where the tokenizer can be computed in the graph (BERT's WordPiece, byte-level BPE), "
          + "embed_query_text and embed_passage_text take text [batch], strings; embed_titled_passage_text also title and, where there are prompts of "
          + "tasks, embed_prompted_query_text, embed_prompted_passage_text and embed_prompted_titled_passage_text also prompt_name. "
          + "Its assets hold everything that a client must know. Before an export is "
          + "put in place, a fresh process loads it and compares its embeddings with the model's."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro export --model runs/finetune --output serving/retriever",
      "  tdro export --model RUN --output BASE --precision int8 --eval EVALUATION",
      "  tdro export --model RUN --output BASE --version 7 --id-type int64",
      "  tdro export --model RUN --output BASE --default-signature embed_query_text",
      "  tdro export --model RUN --output FOLDER --format huggingface --dtype bfloat16",
      "  tdro export --model RUN --output FOLDER --format peft"
    })
public final class ExportCommand implements Callable<Integer> {
  private static final double MEGABYTE = 1e6;

  @Spec
  private CommandSpec spec;

  @Mixin
  private ModelOptions model;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "BASE",
      description =
          "The folder of all versions, which a server is given; its name becomes the model's. For Python, the folder to write, which must not exist yet.")
  private Path base;

  @Option(
      names = "--version",
      paramLabel = "N",
      description = "The version's number, which must be free (default: the next one).")
  private Long version;

  @Option(
      names = "--precision",
      defaultValue = "fp32",
      paramLabel = "P",
      description = {
        "fp32: as trained. bf16: matrices stored and multiplied with 16 bits. int8: matrices stored with 8 bits, "
            + "multiplied with 32 (default: ${DEFAULT-VALUE})."
      })
  private Precision precision;

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
      names = "--default-signature",
      defaultValue = "encode_query",
      paramLabel = "NAME",
      description =
          "The signature that serving_default is: encode_query, encode_passage, embed_query_text, embed_passage_text, embed_prompted_query_text or embed_prompted_passage_text (default: ${DEFAULT-VALUE}).")
  private DefaultSignature defaultSignature;

  @Option(
      names = "--tolerance",
      paramLabel = "X",
      description =
          "Largest difference between an exported and a trained embedding that is accepted, in units of its length "
              + "(default: 1e-5 for fp32, 0.02 for bf16, 0.05 for int8).")
  private Double tolerance;

  @Option(
      names = "--eval",
      paramLabel = "DIR",
      arity = "1..*",
      description =
          "Sets in BEIR's format, or folders of them, on which nDCG@10 of the export is compared with the model's.")
  private List<Path> eval = new ArrayList<>();

  @Mixin
  private PromptOptions prompts;

  // The standard options would claim --version.
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  @SuppressWarnings("UnusedVariable") // picocli's
  private boolean help;

  @Option(names = "-V", versionHelp = true, description = "Print version information and exit.")
  @SuppressWarnings("UnusedVariable") // picocli's
  private boolean tdroVersion;

  @Override
  public Integer call() {
    var stored = model.stored();
    var settings = model.settings(stored);
    if (formats.arePython()) {
      refuseOptionsOfSavedModels();
      formats.export(stored, settings, base);
      return 0;
    }
    var options = options();
    var sets = Layout.loadAll(eval, Splits.TEST);
    if (!sets.isEmpty() && !takesTexts(stored, settings)) {
      throw usage("--eval needs a tokenizer, and " + stored.path() + " has none");
    }
    var chosen = prompts.of(settings.prompts(), sets);
    var report = new SavedModelExport(options).export(stored, settings, base);
    print(report);
    if (!sets.isEmpty()) {
      var out = spec.commandLine().getOut();
      out.print(new Comparison(stored, settings, report, chosen).table(sets));
      out.flush();
    }
    return 0;
  }

  private void refuseOptionsOfSavedModels() {
    var given = Stream.of(
            "--version", "--precision", "--id-type", "--default-signature", "--tolerance", "--eval")
        .filter(spec.commandLine().getParseResult()::hasMatchedOption)
        .toList();
    if (!given.isEmpty()) {
      throw usage(String.join(", ", given) + ": for --format saved-model alone");
    }
  }

  private static boolean takesTexts(RetrieverSource stored, RetrieverSettings settings) {
    return TemporaryFolder.with(
        folder -> stored.tokenizer(settings.spec().pooling(), folder).isPresent());
  }

  private ExportOptions options() {
    var name = base.toAbsolutePath().normalize().getFileName();
    if (name != null && name.toString().matches("[0-9]+")) {
      throw usage(
          "--output %s looks like a version; give the folder of all versions, and --version %s if it must be that one"
              .formatted(base, name));
    }
    if (tolerance != null && !(tolerance >= 0)) {
      throw usage("--tolerance must be at least 0, was " + tolerance);
    }
    var number = version == null ? OptionalLong.empty() : OptionalLong.of(version);
    try {
      SavedModelExport.checkVersion(base, number);
    } catch (IllegalArgumentException e) {
      throw usage(e.getMessage());
    }
    return new ExportOptions(
        idType,
        precision,
        defaultSignature,
        number,
        tolerance == null ? OptionalDouble.empty() : OptionalDouble.of(tolerance));
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private void print(SavedModelExport.Report report) {
    var out = spec.commandLine().getOut();
    var agreement = report.agreement();
    out.printf(
        Locale.ROOT,
        "%s: %s, %.1f MB, loaded by a fresh process%n",
        report.folder(),
        report.precision().name().toLowerCase(Locale.ROOT),
        report.bytes() / MEGABYTE);
    out.printf(
        Locale.ROOT,
        "difference from the trained model: %.1e at most; 1 - cosine %.1e at most, %.1e in the mean%n",
        agreement.largest(),
        agreement.largestCosine(),
        agreement.meanCosine());
    report
        .milliseconds()
        .forEach((batch, time) -> out.printf(
            Locale.ROOT,
            "latency of %2d texts of %d tokens: %.1f ms%n",
            batch,
            report.tokens(),
            time));
    out.flush();
  }

  /** The comparison of an export with the model that it was made from, on evaluation sets. */
  private record Comparison(
      RetrieverSource stored,
      RetrieverSettings settings,
      SavedModelExport.Report report,
      SetPrompts prompts) {
    private static final String MEASURE = "ndcg_cut_10";
    private static final int TOP = 10;

    /** Returns a table with a row for each set: nDCG@10 of the trained model and of the export, and the difference. */
    String table(List<EvaluationSet> sets) {
      ModelEvaluation trained;
      // One after the other: memory never holds both.
      try (var retriever =
          Retriever.load(stored, settings.comparedByProduct(), ConfigProto.getDefaultInstance())) {
        trained = evaluate(retriever, sets);
      }
      ModelEvaluation exported;
      try (var retriever = ExportedRetriever.load(report.folder())) {
        exported = evaluate(retriever, sets);
      }
      var rows = sets.stream()
          .map(set -> {
            double before = trained.value(set.name(), MEASURE);
            double after = exported.value(set.name(), MEASURE);
            return new ResultsTable.Row(set.name(), List.of(before, after, after - before));
          })
          .toList();
      var columns =
          List.of("trained", report.precision().name().toLowerCase(Locale.ROOT), "difference");
      return new ResultsTable("nDCG@10", columns, rows).toMarkdown(false);
    }

    private ModelEvaluation evaluate(TextEncoder retriever, List<EvaluationSet> sets) {
      return new RetrievalEvaluation(TOP, List.of(Measure.of(MEASURE)))
          .evaluate(
              set -> new DenseRanker(retriever, prompts.task(set.name())),
              sets,
              (set, run, result) -> {});
    }
  }
}
