package org.tdro.tools;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.tdro.evaluation.BeirDataset;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.evaluation.Measure;
import org.tdro.evaluation.MeasureFamily;
import org.tdro.evaluation.ModelEvaluation;
import org.tdro.evaluation.RetrievalEvaluation;
import org.tdro.io.AtomicWrite;
import org.tdro.io.Json;
import org.tdro.retriever.DenseRanker;
import org.tdro.retriever.Retriever;
import org.tdro.rows.Passage;
import org.tdro.runs.GracefulShutdown;
import org.tdro.search.Query;
import org.tdro.search.Run;
import org.tensorflow.proto.ConfigProto;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code tdro evaluate}, which measures a trained retriever on evaluation sets. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description =
        "Rank the documents of evaluation sets with a trained retriever and measure the rankings.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro evaluate --model runs/first/finetune-top70 --data EVALUATION",
      "  tdro evaluate --model RUN --data EVALUATION/scifact --run-file scifact.trec --top-k 1000",
      "  tdro evaluate --model MODEL --data EVALUATION --prompt query",
      "  tdro evaluate --model RUN --data SET1 SET2 --measures ndcg_cut_10,recip_rank_at_10 --json"
    })
final class EvaluateCommand implements Callable<Integer> {
  private static final String TAG = "tdro";

  @Spec
  private CommandSpec spec;

  @Mixin
  private ModelOptions model;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      arity = "1..*",
      description = "Sets in BEIR's format, or folders of them.")
  private List<Path> data = new ArrayList<>();

  @Mixin
  private PromptOptions prompts;

  @Option(
      names = "--split",
      paramLabel = "NAME",
      defaultValue = BeirDataset.TEST,
      description =
          "The judgements to use, qrels/NAME.tsv: test, dev or train, for example (default: ${DEFAULT-VALUE}).")
  private String split;

  @Option(
      names = "--run-file",
      paramLabel = "F",
      description =
          "Write the rankings as a TREC run file; with several sets, a folder in which each gets SET.trec.")
  private Path runFile;

  @Option(
      names = "--measures",
      split = ",",
      paramLabel = "MEASURE",
      completionCandidates = MeasureNames.class,
      defaultValue = "ndcg_cut_10,recall_100",
      description =
          "Measures, by trec_eval's names or those of others, such as nDCG@10 or MRR (default: ${DEFAULT-VALUE}).")
  private List<String> measures = new ArrayList<>();

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "100",
      description = "Documents ranked for each query (default: ${DEFAULT-VALUE}).")
  private int topK;

  @Option(names = "--json", description = "Print JSON instead of a table.")
  private boolean json;

  @Option(
      names = "--output",
      paramLabel = "F",
      description =
          "Write the means and the values of each query as JSON, for tests of significance.")
  private Path output;

  @Mixin
  private Overwriting overwriting;

  @Mixin
  private ProgressOptions progress;

  /** The measures without a cutoff, and the others with the usual ones. */
  private static final class MeasureNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Stream.of(MeasureFamily.values())
          .flatMap(family -> family.hasCutoff()
              ? Stream.of("_5", "_10", "_100").map(cutoff -> family.trecName() + cutoff)
              : Stream.of(family.trecName()))
          .iterator();
    }
  }

  @Override
  public Integer call() throws IOException {
    var evaluation = evaluation();
    if (!BeirDataset.isSplit(split)) {
      throw new ParameterException(
          spec.commandLine(),
          "--split must be the name of a file in qrels without .tsv, such as test, was '" + split
              + "'");
    }
    var sets = BeirDataset.loadAll(data, split);
    checkTargets(sets);
    var stored = model.stored();
    var settings = model.settings(stored).comparedByProduct();
    var chosen = prompts.of(settings.prompts(), sets);
    try (var retriever = Retriever.load(stored, settings, ConfigProto.getDefaultInstance())) {
      ModelEvaluation values;
      try (var ending = new GracefulShutdown();
          var phase = progress.texts("evaluating", texts(sets))) {
        retriever.onEncoded(count -> {
          ending.check();
          phase.add(count);
        });
        values = evaluation.evaluate(
            set -> new DenseRanker(retriever, chosen.task(set.name())),
            sets,
            (set, run, result) -> writeRun(run, runFile(set, sets)));
      }
      if (output != null) {
        Json.write(output, values);
      }
      print(values, evaluation.measures());
    }
    return 0;
  }

  /** Returns the number of texts to encode, if it is shown. */
  private OptionalLong texts(List<EvaluationSet> sets) {
    return progress.isShown()
        ? OptionalLong.of(sets.stream().mapToLong(EvaluationSet::texts).sum())
        : OptionalLong.empty();
  }

  private RetrievalEvaluation evaluation() {
    try {
      return new RetrievalEvaluation(topK, Measure.parse(measures));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  /** Checks before the encoding everything that could make writing fail after it. */
  private void checkTargets(List<EvaluationSet> sets) {
    if (output != null && output.equals(runFile)) {
      throw new ParameterException(
          spec.commandLine(), "--run-file and --output are the same file " + output);
    }
    if (output != null) {
      overwriting.check("--output", output);
      AtomicWrite.checkWritable(output);
    }
    if (runFile == null) {
      return;
    }
    for (var set : sets) {
      var file = runFile(set, sets);
      overwriting.check("--run-file", file);
      Run.checkNames(file, set.queries().stream().map(Query::id));
      try (var documents = set.corpus().documents()) {
        Run.checkNames(file, documents.map(Passage::id));
      }
      AtomicWrite.checkWritable(file);
    }
  }

  private Path runFile(EvaluationSet set, List<EvaluationSet> sets) {
    return runFile == null || sets.size() == 1 ? runFile : runFile.resolve(set.name() + ".trec");
  }

  private static void writeRun(Run run, Path file) {
    if (file != null) {
      run.write(file, TAG);
    }
  }

  private void print(ModelEvaluation values, List<Measure> measures) throws IOException {
    var out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.pretty(values.sets()));
    } else {
      var names = measures.stream().map(Measure::name).toList();
      out.print(values.table(names).toMarkdown(false));
    }
    out.flush();
  }
}
