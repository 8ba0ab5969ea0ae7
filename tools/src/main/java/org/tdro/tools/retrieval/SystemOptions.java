package org.tdro.tools.retrieval;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.retriever.embeddings.EmbeddingSource;
import org.tdro.retriever.ranking.Reranker;
import org.tdro.search.Run;
import org.tdro.search.lucene.Bm25;
import org.tdro.search.lucene.Hnsw;
import org.tdro.tools.options.Usage;
import org.tdro.tools.retrieval.RankedSystem.Kind;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The systems that a command evaluates, and their parameters. */
final class SystemOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--systems",
      split = ",",
      paramLabel = "SYSTEM",
      completionCandidates = Names.class,
      description = {
        "What ranks, several for a comparison (default: dense, or rerank with --rerank):",
        "  dense       the model and exact search",
        "  hnsw        the model and approximate search",
        "  bm25        words; needs no model",
        "  rrf, rrf-K  reciprocal rank fusion of dense and bm25, K = 60",
        "  weighted-W  W dense + (1 - W) bm25, min-max normalised",
        "  rerank      the model, for the documents of --rerank"
      })
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--rerank",
      paramLabel = "F",
      description =
          "A TREC run file whose first documents the model ranks again, or a folder with SET.trec for each set.")
  private Path rerank;

  @Option(
      names = "--rerank-depth",
      paramLabel = "K",
      description = "Documents of each query that are ranked again (default: 100).")
  private Integer rerankDepth;

  @Mixin
  private Bm25Options bm25 = new Bm25Options();

  @Mixin
  private HnswOptions hnsw = new HnswOptions();

  /** The systems, for completion. */
  private static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return RankedSystem.NAMES.iterator();
    }
  }

  /**
   * Returns the systems in the order in which they are named.
   *
   * @throws ParameterException if one is unknown or lacks what it needs, or options are given that none of them uses
   */
  List<RankedSystem> systems(boolean hasModel) {
    var chosen = new LinkedHashSet<>(
        !names.isEmpty() ? names : List.of(rerank != null ? "rerank" : "dense"));
    var systems = new ArrayList<RankedSystem>();
    for (var name : chosen) {
      var system = Usage.checked(spec, () -> RankedSystem.of(name));
      if (system.kind().needsModel() && !hasModel) {
        throw usage(
            names.isEmpty()
                ? "--model is missing; without a model, --systems bm25 ranks by words"
                : "--systems: %s needs --model".formatted(name));
      }
      systems.add(system);
    }
    if (hasModel && systems.stream().noneMatch(system -> system.kind().needsModel())) {
      throw usage("--model: none of the systems %s uses it".formatted(String.join(", ", chosen)));
    }
    checkUsed(systems);
    return systems;
  }

  private void checkUsed(List<RankedSystem> systems) {
    var kinds = EnumSet.noneOf(Kind.class);
    systems.forEach(system -> kinds.add(system.kind()));
    if (kinds.contains(Kind.RERANK) && rerank == null) {
      throw usage("--systems: rerank needs the run file --rerank");
    }
    checkUsed(kinds, Set.of(Kind.RERANK), "--rerank", rerank);
    checkUsed(kinds, Set.of(Kind.RERANK), "--rerank-depth", rerankDepth);
    bm25.given()
        .ifPresent(option -> checkUsed(kinds, Set.of(Kind.BM25, Kind.FUSION), option, bm25));
    hnsw.given().ifPresent(option -> checkUsed(kinds, Set.of(Kind.HNSW), option, hnsw));
  }

  private void checkUsed(Set<Kind> kinds, Set<Kind> users, String option, Object value) {
    if (value != null && kinds.stream().noneMatch(users::contains)) {
      throw usage("%s: none of the --systems uses it".formatted(option));
    }
  }

  Bm25 bm25() {
    return Usage.checked(spec, () -> bm25.over(Bm25.DEFAULT));
  }

  Hnsw hnsw() {
    return Usage.checked(spec, hnsw::parameters);
  }

  private int rerankDepth() {
    int depth = or(rerankDepth, 100);
    if (depth < 1) {
      throw usage("--rerank-depth must be at least 1, was " + depth);
    }
    return depth;
  }

  /** Checks the parameters of all systems. */
  void checkParameters() {
    bm25();
    hnsw();
    rerankDepth();
  }

  /**
   * Reads the rankings of a set that are to be ranked again.
   *
   * @param sets all sets of the command
   */
  Reranker reranker(EmbeddingSource source, EvaluationSet set, List<EvaluationSet> sets) {
    return new Reranker(source, Run.read(firstFile(set, sets)), rerankDepth());
  }

  /** Checks that the file of {@code --rerank} is there for each set. */
  void checkFirst(List<EvaluationSet> sets) {
    if (rerank != null) {
      if (sets.size() > 1 && Files.isRegularFile(rerank)) {
        throw usage(
            "--rerank: %s is a file, but there are %d sets; name a folder of SET.trec, as --run-file writes it"
                .formatted(rerank, sets.size()));
      }
      for (var set : sets) {
        var file = firstFile(set, sets);
        if (!Files.isRegularFile(file)) {
          throw usage("--rerank: there is no file %s%s"
              .formatted(
                  file, file.equals(rerank) ? "" : ", the rankings of the set " + set.name()));
        }
      }
    }
  }

  private Path firstFile(EvaluationSet set, List<EvaluationSet> sets) {
    return sets.size() == 1 && !Files.isDirectory(rerank)
        ? rerank
        : rerank.resolve(set.name() + ".trec");
  }

  private static <T> T or(T given, T usual) {
    return given == null ? usual : given;
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
