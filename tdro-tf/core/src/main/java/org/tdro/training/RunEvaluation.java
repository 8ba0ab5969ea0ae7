package org.tdro.training;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.config.ResolvedConfig;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.evaluation.ModelEvaluation;
import org.tdro.evaluation.RetrievalEvaluation;
import org.tdro.io.Json;
import org.tdro.io.Sha256;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.SetPrompts;
import org.tdro.retriever.embeddings.TokenizedTexts;
import org.tdro.retriever.ranking.DenseRanker;
import org.tdro.retriever.store.RetrieverFolder;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.runs.PhaseProgress;
import org.tdro.runs.RunFolder;
import org.tdro.runs.RunRecord;
import org.tdro.training.config.RunConfig;
import org.tensorflow.proto.ConfigProto;

/**
 * The evaluation of a run, kept in its folder as {@code evaluation.json} and computed again only if model, sets or measures
 * have changed.
 *
 * @param key a hash of everything that the values follow from
 * @param model a hash of the evaluated retriever; empty in files of older versions
 * @param domains names of the domains that it was trained on; empty if they were not known
 */
record RunEvaluation(
    String key,
    @JsonSetter(nulls = Nulls.SET) String model,
    @JsonSetter(nulls = Nulls.SET) List<String> domains,
    ModelEvaluation values) {
  private static final Logger LOG = LoggerFactory.getLogger(RunEvaluation.class);

  RunEvaluation {
    model = model == null ? "" : model;
    domains = domains == null ? List.of() : List.copyOf(domains);
  }

  /**
   * The sets, and the prompts that their texts get.
   *
   * @param cache the folder in which runs share the token ids of documents
   */
  record Tests(List<EvaluationSet> sets, SetPrompts prompts, Path cache) {
    String task(EvaluationSet set) {
      return prompts.task(set.name());
    }
  }

  /**
   * Returns the values of a run, computed if they are not in its folder.
   *
   * @param progress begins to show the encoding of that many texts
   */
  static ModelEvaluation of(
      Path run,
      Tests tests,
      RetrievalEvaluation evaluation,
      ConfigProto session,
      Function<OptionalLong, PhaseProgress> progress) {
    var stored = StoredRetrievers.of(run);
    var model = model(run);
    var key = key(model, tests, evaluation);
    var present = read(run);
    if (present.isPresent() && present.get().key().equals(key)) {
      return present.get().values();
    }
    var texts =
        OptionalLong.of(tests.sets().stream().mapToLong(EvaluationSet::texts).sum());
    try (var retriever = Retriever.load(stored, stored.settings().comparedByProduct(), session);
        var phase = progress.apply(texts)) {
      retriever.onEncoded(phase::add);
      var values = evaluation.evaluate(
          set -> new DenseRanker(new TokenizedTexts(
              retriever, tests.task(set), tests.cache(), set.content().documents())),
          tests.sets(),
          (set, ranking, result) -> LOG.debug("{} {}: {}", run, set.name(), result.all()));
      Json.write(file(run), new RunEvaluation(key, model, domains(run), values));
      return values;
    }
  }

  /** Returns the file that holds the evaluation of a run. */
  static Path file(Path run) {
    return new RunFolder(run).evaluation();
  }

  /** Returns the evaluation in a run's folder, whatever model it is of; empty if there is none. */
  static Optional<RunEvaluation> read(Path run) {
    return Files.isRegularFile(file(run))
        ? Optional.of(Json.read(file(run), RunEvaluation.class))
        : Optional.empty();
  }

  /**
   * Returns why these are not the values of the run as it is now; empty if they are. A complete run whose model was deleted keeps its
   * values.
   */
  Optional<String> staleness(Path run) {
    if (model.isEmpty()) {
      return Optional.of("was written by an older version, which did not note the model");
    }
    if (!RunRecord.hasEnded(run)) {
      return Optional.of("is of an earlier run in this folder, in which another is training");
    }
    return RetrieverFolder.of(run).exists() && !model(run).equals(model)
        ? Optional.of("is of another model than the one in the folder now")
        : Optional.empty();
  }

  /** Returns a hash of everything that makes the retriever of a run. */
  private static String model(Path run) {
    var retriever = RetrieverFolder.of(run);
    return Sha256.of(Stream.of(
        retriever.fingerprint(),
        Sha256.of(retriever.settingsFile()),
        Sha256.of(retriever.tokenizer())));
  }

  /** Returns the domains that a run was trained on; none if its files are no longer where they were. */
  private static List<String> domains(Path run) {
    var data = ResolvedConfig.read(RunConfig.SCHEMA, new RunFolder(run).config())
        .config()
        .data();
    return data.domains().isEmpty() && !Files.exists(data.train())
        ? List.of()
        : PreparedData.domainNames(data);
  }

  private static String key(String model, Tests tests, RetrievalEvaluation evaluation) {
    var parts = Stream.builder();
    parts.add("values of queries, and what was measured").add(model);
    parts.add(evaluation.topK()).add(evaluation.measures());
    for (var set : tests.sets()) {
      parts.add(set.name()).add(tests.task(set)).add(set.content());
    }
    return Sha256.of(parts.build().map(Object::toString));
  }
}
