package org.tdro.tools.retrieval;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.tdro.io.AtomicWrite;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.index.DocumentIndex;
import org.tdro.retriever.index.IndexBuild;
import org.tdro.retriever.index.IndexBuild.Parts;
import org.tdro.retriever.index.IndexBuild.Step;
import org.tdro.retriever.index.IndexFacts;
import org.tdro.runs.GracefulShutdown;
import org.tdro.runs.PhaseProgress;
import org.tdro.search.lucene.Bm25;
import org.tdro.search.texts.CorpusFile;
import org.tdro.text.Prompts;
import org.tdro.text.TextKind;
import org.tdro.tools.options.OptionalModelOptions;
import org.tdro.tools.options.Overwriting;
import org.tdro.tools.options.ProgressOptions;
import org.tdro.tools.options.Usage;
import org.tdro.tools.retrieval.RankedSystem.Kind;
import org.tensorflow.proto.ConfigProto;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code tdro index}, which makes an index of a corpus that {@code tdro search} searches. */
@Command(
    name = "index",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Make an index of a corpus for tdro search.",
      "",
      "The index holds titles and texts, and what finds them: embeddings, a graph of neighbours, words. It remembers its model by path and "
          + "content: a model that has changed since is refused. Until it is complete, the index is made in OUTPUT.building. When the command "
          + "is killed, the same command goes on after the last complete shard of 4,096 documents."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro index --model runs/finetune --corpus corpus.jsonl.gz --output index",
      "  tdro index --model MODEL --corpus EVALUATION/scifact --output index --prompt passage",
      "  tdro index --corpus collection.tsv --output words --systems bm25",
      "  tdro index --model MODEL --corpus corpus.jsonl --output index --systems dense,hnsw,bm25",
      "  tdro search --index index what is a slipstream"
    })
public final class IndexCommand implements Callable<Integer> {
  /** What an index can hold. */
  private static final Set<Kind> HELD = EnumSet.of(Kind.DENSE, Kind.HNSW, Kind.BM25);

  @Spec
  private CommandSpec spec;

  @Mixin
  private OptionalModelOptions model;

  @Option(
      names = "--systems",
      split = ",",
      paramLabel = "SYSTEM",
      completionCandidates = Names.class,
      description = {
        "What the index can be searched by, one or several (default: dense):",
        "  dense  the model and exact search",
        "  hnsw   the model and approximate search, and dense",
        "  bm25   words; needs no model",
        "With dense and bm25, tdro search also fuses them (rrf, weighted-W)."
      })
  private List<String> names = new ArrayList<>(List.of("dense"));

  @Option(
      names = "--corpus",
      required = true,
      paramLabel = "FILE",
      description = {
        "Documents with _id, docid or id, text and, if they have one, title: .jsonl, .tsv, .csv, .json (also .gz, .zst), .parquet or .arrow. A "
            + ".tsv without a header has an id and a text. Or a folder with corpus.jsonl or collection.tsv."
      })
  private Path corpus;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "The folder of the index.")
  private Path output;

  @Option(
      names = "--prompt",
      paramLabel = "NAME",
      description =
          "The model's prompts of this name, for documents and queries (default: those of all texts, if any).")
  private String prompt;

  @Mixin
  private HnswOptions hnsw;

  @Mixin
  private Bm25Options bm25;

  @Mixin
  private Overwriting overwriting;

  @Mixin
  private ProgressOptions progress;

  /** The systems, for completion. */
  private static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return HELD.stream().map(Kind::toString).iterator();
    }
  }

  @Override
  public Integer call() {
    var systems = systems();
    var graph = part(systems, Kind.HNSW, hnsw.given(), hnsw::parameters);
    var words = part(systems, Kind.BM25, bm25.given(), () -> bm25.over(Bm25.DEFAULT));
    AtomicWrite.settle(output);
    overwriting.checkIndex("--output", output);
    var documents = CorpusFile.of(corpus);
    if (!model.isGiven()) {
      build(documents, new Parts(Optional.empty(), graph, words));
    } else {
      var stored = model.stored();
      var settings = model.settings(stored).comparedByProduct();
      var task = task(spec, prompt, Prompts.EVERY_TASK, settings.prompts());
      try (var retriever = Retriever.load(stored, settings, ConfigProto.getDefaultInstance())) {
        build(
            documents,
            new Parts(Optional.of(new Parts.Model(retriever, stored.path(), task)), graph, words));
      }
    }
    try (var index = DocumentIndex.open(output)) {
      var out = spec.commandLine().getOut();
      out.printf("%s: %,d documents, %s%n", output, index.size(), held(index.facts()));
      out.flush();
    }
    return 0;
  }

  private Set<Kind> systems() {
    var systems = EnumSet.noneOf(Kind.class);
    for (var name : names) {
      var system = Usage.checked(spec, () -> RankedSystem.of(name));
      if (!HELD.contains(system.kind())) {
        throw usage("--systems: an index holds dense, hnsw and bm25, not %s%s"
            .formatted(
                name,
                system.kind() == Kind.FUSION
                    ? ", which tdro search makes of dense and bm25: give --systems dense,bm25 here and --system "
                        + name + " there"
                    : ""));
      }
      systems.add(system.kind());
    }
    boolean needsModel = systems.stream().anyMatch(Kind::needsModel);
    if (needsModel && !model.isGiven()) {
      throw usage("--model is missing; without a model, --systems bm25 makes an index of words");
    }
    if (!needsModel && (model.isGiven() || prompt != null)) {
      throw usage("%s: bm25 needs no model; add dense to --systems for an index that uses it"
          .formatted(model.isGiven() ? "--model" : "--prompt"));
    }
    return systems;
  }

  /** Returns the parameters of a part if it is asked for; refuses options of one that is not. */
  private <T> Optional<T> part(
      Set<Kind> systems, Kind kind, Optional<String> given, Supplier<T> parameters) {
    if (systems.contains(kind)) {
      return Optional.of(Usage.checked(spec, parameters));
    }
    given.ifPresent(option -> {
      throw usage("%s: %s is not among --systems".formatted(option, kind));
    });
    return Optional.empty();
  }

  private void build(CorpusFile documents, Parts parts) {
    var build = IndexBuild.of(output, documents, parts);
    try (var ending = new GracefulShutdown();
        var following = new Following(parts.model().isPresent(), ending)) {
      build.run(overwriting.isAllowed(), following);
    }
  }

  /** Shows how far a build is. */
  private final class Following implements IndexBuild.Listener, AutoCloseable {
    private final boolean encodes;
    private final GracefulShutdown ending;
    private Optional<PhaseProgress> phase = Optional.empty();

    Following(boolean encodes, GracefulShutdown ending) {
      this.encodes = encodes;
      this.ending = ending;
    }

    @Override
    public void begins(Step step, long done, long documents) {
      close();
      if (step == Step.DOCUMENTS && done > 0) {
        var out = spec.commandLine().getOut();
        out.printf("%s: goes on after %,d of %,d documents%n", output, done, documents);
        out.flush();
      }
      if (done < documents) {
        phase =
            Optional.of(progress.phase(name(step), "documents", OptionalLong.of(documents - done)));
      }
    }

    private String name(Step step) {
      return switch (step) {
        case DOCUMENTS -> encodes ? "encoding" : "storing";
        case WORDS -> "indexing words";
        case GRAPH -> "building the graph";
      };
    }

    @Override
    public void adds(int documents) {
      ending.check();
      phase.ifPresent(shown -> shown.add(documents));
    }

    @Override
    public void close() {
      phase.ifPresent(PhaseProgress::close);
      phase = Optional.empty();
    }
  }

  /** Returns in words what an index holds. */
  static String held(IndexFacts facts) {
    var parts = new ArrayList<String>();
    if (facts.model() != null) {
      parts.add("dense (embeddings of size %d)".formatted(facts.model().dimension()));
    }
    if (facts.hnsw() != null) {
      parts.add(Kind.HNSW.toString());
    }
    if (facts.bm25() != null) {
      parts.add(Kind.BM25.toString());
    }
    return String.join(", ", parts);
  }

  private ParameterException usage(String problem) {
    return new ParameterException(spec.commandLine(), problem);
  }

  /**
   * Returns the name of the prompts of texts of any kind; prints a note if the model has prompts, but none for them.
   *
   * @param otherwise the name where none is given
   * @throws ParameterException if there are no prompts of that name
   */
  static String task(CommandSpec spec, String prompt, String otherwise, Prompts prompts) {
    var names = prompts.names();
    if (prompt != null && !names.contains(prompt)) {
      throw new ParameterException(
          spec.commandLine(),
          "--prompt %s is unknown; the model has %s"
              .formatted(prompt, names.isEmpty() ? "none" : String.join(", ", names)));
    }
    var task = prompt == null ? otherwise : prompt;
    if (!names.isEmpty()
        && prompts.lacks(TextKind.QUERY, task)
        && prompts.lacks(TextKind.PASSAGE, task)) {
      var err = spec.commandLine().getErr();
      err.printf(
          "the texts get no prompt: the model has %s; choose one with --prompt NAME%n",
          String.join(", ", names));
      err.flush();
    }
    return task;
  }
}
