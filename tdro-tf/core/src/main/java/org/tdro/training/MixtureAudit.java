package org.tdro.training;

import static org.tdro.config.ConfigComposer.argument;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.config.ConfigComposer;
import org.tdro.config.ConfigException;
import org.tdro.config.ResolvedConfig;
import org.tdro.data.shards.Domain;
import org.tdro.io.InputException;
import org.tdro.io.Sha256;
import org.tdro.mixing.audit.AuditReport;
import org.tdro.mixing.audit.ComparedRows;
import org.tdro.mixing.audit.DomainAudit;
import org.tdro.mixing.audit.DomainAudit.Ranks;
import org.tdro.mixing.audit.PositiveRanks;
import org.tdro.mixing.audit.RowExample;
import org.tdro.retriever.EncoderModel;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.RetrieverSource;
import org.tdro.retriever.TokenEncoding;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.rows.DomainFiles;
import org.tdro.rows.Fold;
import org.tdro.rows.duplicates.RepeatedRows;
import org.tdro.runs.PhaseProgress;
import org.tdro.runs.RunFolder;
import org.tdro.runs.RunRecord;
import org.tdro.text.TextKind;
import org.tdro.text.Tokenizer;
import org.tdro.training.config.RunConfig;

/**
 * Finds out what a model learns on each domain, and which domains had better be left out, from two runs that were trained on different
 * halves of the rows: what one of them has seen, the other has not.
 */
public final class MixtureAudit {
  private static final Logger LOG = LoggerFactory.getLogger(MixtureAudit.class);

  /** Rows of each fold of a domain that are looked at, unless {@link #rows(int)} says otherwise. */
  public static final int ROWS = 512;

  /** What changes when the same runs would be audited otherwise. */
  private static final int VERSION = 4;

  /** Rows of a domain that are shown to people. */
  private static final int EXAMPLES = 3;

  private final Trained first;
  private final Trained second;
  private final PrintStream progress;
  private int rows = ROWS;

  /** A complete run and the fold of the rows that it has seen. */
  private record Trained(
      Path folder, ResolvedConfig<RunConfig> resolved, RunRecord record, Fold fold) {

    static Trained of(Path folder) {
      var run = new RunFolder(folder);
      if (!RunRecord.isComplete(folder) || !Files.isRegularFile(run.config())) {
        throw new ConfigException(List.of(
            "%s holds no complete run with its model; an audit takes two".formatted(folder)));
      }
      var resolved = ResolvedConfig.read(RunConfig.SCHEMA, run.config());
      return new Trained(
          folder, resolved, RunRecord.read(run).orElseThrow(), StagePlan.fold(resolved));
    }

    String input(String name) {
      return record.inputs().get(name);
    }

    RetrieverSource model() {
      return StoredRetrievers.of(folder);
    }
  }

  /**
   * An audit by two complete runs.
   *
   * @param first one run, whose configuration is that of the audit
   * @param second the other run, of any stage
   * @param progress the stream on which it shows how far it is
   * @throws ConfigException if they are not complete, or were not trained on different halves of the same rows
   */
  public MixtureAudit(Path first, Path second, PrintStream progress) {
    this.first = Trained.of(first);
    this.second = Trained.of(second);
    this.progress = progress;
    if (!EnumSet.of(this.first.fold(), this.second.fold())
        .equals(EnumSet.of(Fold.FIRST, Fold.SECOND))) {
      throw new ConfigException(List.of(
          "an audit needs a run trained with data.fold=first and one with data.fold=second, or a cross-fitted reference and its proxy, but %s has seen %s and %s %s"
              .formatted(first, words(this.first.fold()), second, words(this.second.fold()))));
    }
    for (var input : List.of(StageInputs.DATA, StageInputs.TOKENIZER)) {
      checkSame(input, this.second.input(input), second + " was trained with another");
    }
  }

  private static String words(Fold fold) {
    return switch (fold) {
      case ALL -> "all rows";
      case FIRST -> "the first half";
      case SECOND -> "the second half";
    };
  }

  private void checkSame(String input, String other, String otherwise) {
    if (!first.input(input).equals(other)) {
      throw new ConfigException(
          List.of("%s content of %s than %s".formatted(otherwise, input, first.folder())));
    }
  }

  /**
   * Returns the two runs by which data are audited, to be trained: short ones of equal shares, on different halves of the rows.
   *
   * @param arguments those of the audit, whose {@code output} is its folder
   * @throws ConfigException listing everything that is wrong with them
   */
  public static List<ResolvedConfig<RunConfig>> runs(
      ConfigComposer<RunConfig> composer, List<String> arguments) {
    var folder = composer.compose(arguments).config().output();
    return Stream.of("first", "second")
        .map(fold -> {
          var all = new ArrayList<>(arguments);
          all.addAll(half(fold));
          all.add(argument("output", folder.resolve(fold)));
          return composer.composeForRun(all);
        })
        .toList();
  }

  /** Returns the arguments that make a run one of equal shares on a half of the rows. */
  static List<String> half(String fold) {
    return List.of("stage=reference", "data.weights=uniform", "data.fold=" + fold);
  }

  /** Sets the number of rows of each fold of a domain that are looked at; fewer where there are not so many. */
  public MixtureAudit rows(int most) {
    if (most < 2) {
      throw new IllegalArgumentException("rows must be at least 2, was " + most);
    }
    rows = most;
    return this;
  }

  /**
   * Writes {@code audit.json}, {@code audit.md} and {@code audited_weights.json} into a folder; if the same audit is there already, nothing is
   * computed.
   *
   * @throws ConfigException if the rows have changed since the runs were trained
   */
  public AuditReport write(Path folder) {
    var key = key();
    RunSetting.write(
        folder,
        first.resolved().config().seed(),
        Map.of("audit.rows", Integer.toString(rows)),
        Map.of("first", first.model().fingerprint(), "second", second.model().fingerprint()),
        Map.of("first", first.folder(), "second", second.folder()));
    var present = present(folder).filter(report -> report.key().equals(key));
    if (present.isPresent() && Files.isRegularFile(AuditReport.weights(folder))) {
      return present.get();
    }
    var report = new AuditReport(key, domains());
    report.write(folder);
    return report;
  }

  /** Returns whether a folder holds an audit of other runs, or of another number of rows, which {@link #write} would replace. */
  public boolean wouldReplace(Path folder) {
    return present(folder).filter(report -> !report.key().equals(key())).isPresent();
  }

  private static Optional<AuditReport> present(Path folder) {
    try {
      return AuditReport.read(folder);
    } catch (InputException e) {
      LOG.warn("auditing again: {}", e.getMessage());
      return Optional.empty();
    }
  }

  private String key() {
    return Sha256.of(Stream.of(
            VERSION,
            rows,
            first.record().inputs(),
            first.model().fingerprint(),
            second.record().inputs(),
            second.model().fingerprint())
        .map(Object::toString));
  }

  private List<DomainAudit> domains() {
    var resolved = first.resolved();
    var config = resolved.config();
    var session = config.device().session();
    try (var prepared = PreparedData.of(config)) {
      checkSame(
          StageInputs.DATA,
          prepared.data().fingerprint(),
          config.data().train() + " now has another");
      var samples = prepared.data().domains().stream()
          .map(domain -> Sample.of(domain, rows, config.seed()))
          .toList();
      var start = new LinkedHashMap<Sample, Map<Fold, Ranks>>();
      var trained = new EnumMap<Fold, Map<Sample, Map<Fold, Ranks>>>(Fold.class);
      var texts = OptionalLong.of(3 * samples.stream().mapToLong(Sample::texts).sum());
      try (var phase =
          new PhaseProgress(progress, config.train().progress(), "auditing", "texts", texts)) {
        try (var model =
            new StageModel(resolved, prepared, StagePlan.of(resolved, prepared)).open(session)) {
          samples.forEach(sample -> start.put(sample, sample.ranks(model, config, phase)));
        }
        for (var run : List.of(first, second)) {
          var ranks = new LinkedHashMap<Sample, Map<Fold, Ranks>>();
          var stored = run.model();
          try (var model = Retriever.load(stored, stored.settings().comparedByProduct(), session)) {
            samples.forEach(
                sample -> ranks.put(sample, sample.ranks(model.model(), config, phase)));
          }
          trained.put(run.fold(), ranks);
        }
      }
      var repeated = repeated(prepared, config);
      return samples.stream()
          .map(sample -> {
            var ofFirst = trained.get(Fold.FIRST).get(sample);
            var ofSecond = trained.get(Fold.SECOND).get(sample);
            var before = start.get(sample);
            var unseen =
                Map.of(Fold.FIRST, ofSecond.get(Fold.FIRST), Fold.SECOND, ofFirst.get(Fold.SECOND));
            return DomainAudit.of(
                sample.domain(),
                before.get(Fold.FIRST).plus(before.get(Fold.SECOND)),
                unseen.get(Fold.SECOND).plus(unseen.get(Fold.FIRST)),
                ofFirst.get(Fold.FIRST).plus(ofSecond.get(Fold.SECOND)),
                repeated.get(sample.domain()),
                sample.worst(unseen, prepared.tokenizer()),
                sample.outranked(unseen, prepared.tokenizer()));
          })
          .toList();
    }
  }

  /** The rows of a domain that are looked at, by fold. */
  private record Sample(String domain, Map<Fold, ComparedRows> rows) {

    static Sample of(Domain domain, int most, long seed) {
      return new Sample(
          domain.name(),
          Stream.of(Fold.FIRST, Fold.SECOND)
              .collect(Collectors.toMap(
                  fold -> fold, fold -> new ComparedRows(domain, fold, most, seed))));
    }

    long texts() {
      return rows.values().stream().mapToLong(Sample::texts).sum();
    }

    private static long texts(ComparedRows compared) {
      return 2L * compared.size() + compared.negatives().length;
    }

    /** Returns the ranks that a model gives the rows of each fold. */
    Map<Fold, Ranks> ranks(EncoderModel model, RunConfig config, PhaseProgress phase) {
      var data = config.data();
      var ranks = new EnumMap<Fold, Ranks>(Fold.class);
      rows.forEach((fold, compared) -> {
        var vectors = new ComparedRows.Vectors(
            TokenEncoding.DEFAULT.encode(
                model, TextKind.QUERY, compared.queries(), 0, data.queryLength()),
            TokenEncoding.DEFAULT.encode(
                model, TextKind.PASSAGE, compared.positives(), 0, data.passageLength()),
            TokenEncoding.DEFAULT.encode(
                model, TextKind.PASSAGE, compared.negatives(), 0, data.passageLength()));
        double temperature = config.loss().temperature();
        ranks.put(
            fold,
            new Ranks(
                compared.ranks(vectors, temperature),
                compared.ranksAmongOwn(vectors, temperature)));
        phase.add(texts(compared));
      });
      return ranks;
    }

    /** Returns the rows with the largest losses among the positives of others. */
    List<RowExample> worst(Map<Fold, Ranks> ranks, Tokenizer tokenizer) {
      return examples(ranks, Ranks::others, ComparedRows::positives, tokenizer);
    }

    /** Returns the rows with the largest losses among their own negatives. */
    List<RowExample> outranked(Map<Fold, Ranks> ranks, Tokenizer tokenizer) {
      return examples(ranks, Ranks::own, ComparedRows::negatives, tokenizer);
    }

    /** Returns rows with the largest losses among {@code others}, which are the passages {@code rivals}. */
    private List<RowExample> examples(
        Map<Fold, Ranks> ranks,
        Function<Ranks, PositiveRanks> others,
        Function<ComparedRows, int[][]> rivals,
        Tokenizer tokenizer) {
      return rows.keySet().stream()
          .sorted()
          .flatMap(fold -> others.apply(ranks.get(fold)).rows().stream()
              .map(ranked -> Map.entry(rows.get(fold), ranked)))
          .sorted(Comparator.comparing(entry -> -entry.getValue().loss()))
          .limit(EXAMPLES)
          .map(entry -> {
            var compared = entry.getKey();
            var ranked = entry.getValue();
            int row = ranked.row();
            return new RowExample(
                compared.queryId(row),
                tokenizer.decode(compared.queries()[row]),
                tokenizer.decode(compared.positives()[row]),
                ranked.rank(),
                ranked.candidates(),
                tokenizer.decode(rivals.apply(compared)[ranked.rival()]));
          })
          .toList();
    }
  }

  private static SortedMap<String, RepeatedRows> repeated(PreparedData prepared, RunConfig config) {
    int workers = config.data().workers();
    int threads = workers > 0 ? workers : Runtime.getRuntime().availableProcessors();
    var chosen = new ChosenRows(config.data()).folder(threads);
    var files = DomainFiles.sources(List.of(chosen), skipped -> {});
    files.keySet().retainAll(prepared.domainNames());
    return RepeatedRows.of(files, threads);
  }
}
