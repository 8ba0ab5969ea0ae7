package org.tdro.tools.retrieval;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.evaluation.Measure;
import org.tdro.evaluation.MeasureFamily;
import org.tdro.evaluation.ModelEvaluation;
import org.tdro.evaluation.RetrievalEvaluation;
import org.tdro.evaluation.sets.Layout;
import org.tdro.evaluation.sets.Splits;
import org.tdro.evaluation.sets.Suite;
import org.tdro.io.AtomicWrite;
import org.tdro.io.Json;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.SetPrompts;
import org.tdro.retriever.embeddings.EmbeddingCache;
import org.tdro.retriever.embeddings.EmbeddingSource;
import org.tdro.retriever.embeddings.EncodedTexts;
import org.tdro.retriever.embeddings.StoredEmbeddings;
import org.tdro.rows.Passage;
import org.tdro.runs.GracefulShutdown;
import org.tdro.search.Query;
import org.tdro.search.Run;
import org.tdro.text.Prompts;
import org.tdro.tools.options.OptionalModelOptions;
import org.tdro.tools.options.Overwriting;
import org.tdro.tools.options.ProgressOptions;
import org.tdro.tools.options.PromptOptions;
import org.tdro.tools.options.Usage;
import org.tdro.training.config.RunConfig;
import org.tensorflow.proto.ConfigProto;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code tdro evaluate}, which measures retrievers on evaluation sets. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description =
        "Rank the documents of evaluation sets with a trained retriever, by words or both, and measure the rankings.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro evaluate --model runs/first/finetune-top70 --data EVALUATION",
      "  tdro evaluate --model RUN --data EVALUATION/scifact --run-file scifact.trec --top-k 1000",
      "  tdro evaluate --model MODEL --data EVALUATION --prompt query",
      "  tdro evaluate --data EVALUATION --systems bm25 --output bm25.json",
      "  tdro evaluate --model RUN --data EVALUATION --systems dense,bm25,rrf,weighted-0.7 --output results",
      "  tdro evaluate --model RUN --data SET --rerank bm25.trec",
      "  tdro evaluate --model MODEL --suite beir --data BEIR",
      "  tdro evaluate --model MODEL --data MIRACL MSMARCO SCIFACT --split=miracl=dev,msmarco=dev",
      "  tdro evaluate --model RUN --data SET1 SET2 --measures ndcg_cut_10,recip_rank_at_10 --json"
    })
public final class EvaluateCommand implements Callable<Integer> {
  private static final String TAG = "tdro";
  private static final String MEASURES = "ndcg_cut_10,recall_100";
  private static final String TOP_K = "100";

  @Spec
  private CommandSpec spec;

  @Mixin
  private OptionalModelOptions model;

  @Mixin
  private SystemOptions systems;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      arity = "1..*",
      description =
          "Evaluation sets, or folders of them: BEIR's and MTEB's, MIRACL's, MKQA's, TREC's and MS MARCO's are recognised.")
  private List<Path> data = new ArrayList<>();

  @Option(
      names = "--suite",
      paramLabel = "NAME",
      description =
          "Evaluate the sets of a suite that are below --data: beir, miracl, mkqa or a file NAME.conf. It says splits, measures and --top-k.")
  private String suite;

  @Option(
      names = "--partial",
      description = "With --suite: evaluate the sets that are there although others are missing.")
  private boolean partial;

  @Mixin
  private PromptOptions prompts;

  @Option(
      names = "--split",
      split = ",",
      paramLabel = "[SET=]NAME",
      description =
          "The judgements to use, such as qrels/NAME.tsv: test, dev or train, for example, for all sets or for one (default: test, or those of --suite).")
  private List<String> split = new ArrayList<>();

  @Option(
      names = "--run-file",
      paramLabel = "F",
      description =
          "Write the rankings as a TREC run file; with several sets, a folder in which each gets SET.trec; with several systems, a folder in which each gets SYSTEM.trec or a folder SYSTEM.")
  private Path runFile;

  @Option(
      names = "--measures",
      split = ",",
      paramLabel = "MEASURE",
      completionCandidates = MeasureNames.class,
      description =
          "Measures, by trec_eval's names or those of others, such as nDCG@10 or MRR (default: "
              + MEASURES
              + ", or those of --suite).")
  private List<String> measures = new ArrayList<>();

  @Option(
      names = "--top-k",
      paramLabel = "K",
      description =
          "Documents ranked for each query (default: " + TOP_K + ", or those of --suite).")
  private Integer topK;

  @Option(names = "--json", description = "Print JSON instead of a table.")
  private boolean json;

  @Option(
      names = "--output",
      paramLabel = "F",
      description =
          "Write the means and the values of each query as JSON, for tests of significance (tdro compare); with several systems, a folder in which each gets SYSTEM.json.")
  private Path output;

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description =
          "Keep the embeddings of documents and queries in DIR, and use those of the same model and texts that are there. rerank keeps none, but uses them.")
  private Path cache;

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
    checkSuite();
    var read = Optional.ofNullable(suite).map(name -> Suite.read(name, RunConfig.suites()));
    var evaluation = evaluation(read);
    var ranked = systems.systems(model.isGiven());
    systems.checkParameters();
    var found = read.map(named ->
            named.find(data, split.isEmpty() ? named.splits() : splits()).check(partial))
        .orElseGet(
            () -> new Suite.Found(data, Layout.listAll(data, splits()), List.of(), List.of()));
    found.log();
    var sets = Layout.load(found.sets(), Optional.ofNullable(cache));
    sets.forEach(evaluation::measuresOf); // Refuses a set that has none of the measures.
    systems.checkFirst(sets);
    checkTargets(ranked, sets);
    var suitePrompts = read.map(Suite::prompts).orElse(Map.of());
    if (!model.isGiven()) {
      prompts.of(Prompts.none(), sets, Map.of());
      print(evaluate(evaluation, ranked, sets, Optional.empty()), evaluation, found.missing());
      return 0;
    }
    var stored = model.stored();
    var settings = model.settings(stored).comparedByProduct();
    var chosen = prompts.of(settings.prompts(), sets, suitePrompts);
    try (var retriever = Retriever.load(stored, settings, ConfigProto.getDefaultInstance())) {
      var results =
          evaluate(evaluation, ranked, sets, Optional.of(new Prompted(retriever, chosen)));
      print(results, evaluation, found.missing());
    }
    return 0;
  }

  /** A model, and the prompts of the sets. */
  private record Prompted(Retriever retriever, SetPrompts prompts) {
    EncodedTexts encoded(EvaluationSet set) {
      return new EncodedTexts(retriever, prompts.task(set.name()));
    }

    EmbeddingSource source(EvaluationSet set, Path cache) {
      return cache == null ? encoded(set) : stored(set, cache);
    }

    private StoredEmbeddings stored(EvaluationSet set, Path cache) {
      return new StoredEmbeddings(
          retriever,
          prompts.task(set.name()),
          new EmbeddingCache(cache),
          set.content().documents());
    }

    /** Returns what embeds some of the documents: the cache if it has them, otherwise the model. */
    EmbeddingSource sourceOfSome(EvaluationSet set, Path cache) {
      return cache != null && stored(set, cache).hasDocuments() ? stored(set, cache) : encoded(set);
    }
  }

  /** The values of the systems, and what approximate search found of exact search in Markdown. */
  private record Results(Map<String, ModelEvaluation> values, String hnsw) {}

  private Results evaluate(
      RetrievalEvaluation evaluation,
      List<RankedSystem> ranked,
      List<EvaluationSet> sets,
      Optional<Prompted> prompted)
      throws IOException {
    SystemRankings rankings;
    Map<String, ModelEvaluation> values;
    var written = new ArrayList<Path>();
    try (var ending = new GracefulShutdown();
        var phase = progress.texts("evaluating", texts(ranked, sets))) {
      IntConsumer counted = count -> {
        ending.check();
        phase.add(count);
      };
      prompted.ifPresent(present -> present.retriever().onEncoded(counted));
      rankings = new SystemRankings(
          ranked,
          evaluation,
          new SystemRankings.Sources(
              set -> prompted.orElseThrow().source(set, cache),
              set -> systems.reranker(prompted.orElseThrow().sourceOfSome(set, cache), set, sets),
              systems.bm25(),
              systems.hnsw(),
              counted));
      values = evaluation.evaluateSystems(rankings::of, sets, (system, set, run, result) -> {
        ending.check();
        var file = runFile(system, ranked, set, sets);
        if (file != null) {
          written.add(file);
          run.write(file, TAG);
        }
      });
    } catch (RuntimeException e) {
      // Rankings of some of the sets would pass for those of all.
      for (var file : written) {
        Files.deleteIfExists(file);
      }
      throw e;
    }
    if (output != null) {
      values.forEach((system, results) -> Json.write(output(system, ranked), results));
    }
    return new Results(values, rankings.hnswTable());
  }

  /** Returns the number of texts to encode and of documents to index, if it is shown and known before. */
  private OptionalLong texts(List<RankedSystem> ranked, List<EvaluationSet> sets) {
    var kinds = ranked.stream().map(RankedSystem::kind).toList();
    if (!progress.isShown() || kinds.contains(RankedSystem.Kind.RERANK)) {
      return OptionalLong.empty();
    }
    boolean encoded = kinds.stream().anyMatch(RankedSystem.Kind::needsEmbeddings);
    boolean indexed = kinds.stream().anyMatch(RankedSystem.Kind::needsWords);
    boolean graph = kinds.contains(RankedSystem.Kind.HNSW);
    return OptionalLong.of(sets.stream()
        .mapToLong(set -> (encoded ? set.texts() : 0)
            + (indexed ? set.corpus().size() : 0)
            + (graph ? set.corpus().size() : 0))
        .sum());
  }

  private void checkSuite() {
    if (partial && suite == null) {
      throw new ParameterException(
          spec.commandLine(), "--partial is for the sets of a suite: give --suite, too");
    }
  }

  private RetrievalEvaluation evaluation(Optional<Suite> read) {
    var names = measures.isEmpty() ? read.map(Suite::measures).orElse(List.of(MEASURES)) : measures;
    return Usage.checked(
        spec,
        () -> new RetrievalEvaluation(
            topK != null ? topK : read.map(Suite::topK).orElse(Integer.valueOf(TOP_K)),
            Measure.parse(names)));
  }

  private Splits splits() {
    return Usage.checked(spec, "--split ", () -> Splits.parse(split));
  }

  /** Checks before the encoding everything that could make writing fail after it. */
  private void checkTargets(List<RankedSystem> ranked, List<EvaluationSet> sets) {
    if (output != null && output.equals(runFile)) {
      throw new ParameterException(
          spec.commandLine(), "--run-file and --output are the same file " + output);
    }
    if (ranked.size() > 1) {
      checkFolder("--output", output, ".json", "several systems");
    }
    if (ranked.size() > 1 || sets.size() > 1) {
      checkFolder(
          "--run-file", runFile, ".trec", ranked.size() > 1 ? "several systems" : "several sets");
    }
    for (var system : ranked) {
      if (output != null) {
        checkTarget("--output", output(system.name(), ranked));
      }
      if (runFile != null) {
        sets.forEach(set -> checkTarget("--run-file", runFile(system.name(), ranked, set, sets)));
      }
    }
    if (runFile == null) {
      return;
    }
    for (var set : sets) {
      Run.checkNames(runFile, set.queries().stream().map(Query::id));
      try (var documents = set.corpus().documents()) {
        Run.checkNames(runFile, documents.map(Passage::id));
      }
    }
  }

  /** Refuses the name of a file where a folder is made. */
  private void checkFolder(String option, Path folder, String ending, String why) {
    if (folder != null && folder.toString().endsWith(ending)) {
      throw new ParameterException(
          spec.commandLine(),
          "%s %s: %s are written into a folder, a file %s for each; name the folder without %s"
              .formatted(option, folder, why, "NAME" + ending, ending));
    }
  }

  private void checkTarget(String option, Path file) {
    overwriting.check(option, file);
    AtomicWrite.checkWritable(file);
  }

  private Path output(String system, List<RankedSystem> ranked) {
    return ranked.size() == 1 ? output : output.resolve(system + ".json");
  }

  /** Returns the file of the rankings of a system on a set; null if they are not written. */
  private Path runFile(
      String system, List<RankedSystem> ranked, EvaluationSet set, List<EvaluationSet> sets) {
    if (runFile == null || (ranked.size() == 1 && sets.size() == 1)) {
      return runFile;
    }
    if (sets.size() == 1) {
      return runFile.resolve(system + ".trec");
    }
    return (ranked.size() == 1 ? runFile : runFile.resolve(system)).resolve(set.name() + ".trec");
  }

  private void print(Results results, RetrievalEvaluation evaluation, List<String> missing)
      throws IOException {
    var out = spec.commandLine().getOut();
    var values = results.values();
    var hnsw = results.hnsw();
    if (json) {
      var sets = new LinkedHashMap<String, Map<String, Map<String, Double>>>();
      values.forEach((system, value) -> sets.put(system, value.sets()));
      out.println(Json.pretty(sets.size() == 1 ? sets.values().iterator().next() : sets));
      spec.commandLine().getErr().print(hnsw);
      spec.commandLine().getErr().flush();
    } else {
      var measures = evaluation.measures().stream().map(Measure::name).toList();
      out.print(tables(values, measures, missing));
      out.print(hnsw.isEmpty() ? "" : "\n" + hnsw);
    }
    out.flush();
  }

  /** Returns a table of one system's measures, or a table of the systems for each measure. */
  private static String tables(
      Map<String, ModelEvaluation> values, List<String> measures, List<String> missing) {
    if (values.size() == 1) {
      return values.values().iterator().next().table(measures).without(missing).toMarkdown(false);
    }
    return measures.stream()
        .map(measure -> ModelEvaluation.table(measure, values).without(missing).toMarkdown(true))
        .collect(Collectors.joining("\n"));
  }
}
