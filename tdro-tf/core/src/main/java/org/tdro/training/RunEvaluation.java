package org.tdro.training;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.evaluation.ModelEvaluation;
import org.tdro.evaluation.RetrievalEvaluation;
import org.tdro.io.Json;
import org.tdro.io.Sha256;
import org.tdro.retriever.DenseRanker;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.SetPrompts;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.runs.PhaseProgress;
import org.tensorflow.proto.ConfigProto;

/**
 * The evaluation of a run, kept in its folder as {@code evaluation.json} and computed again only if model, sets or measures
 * have changed.
 *
 * @param key a hash of everything that the values follow from
 */
record RunEvaluation(String key, ModelEvaluation values) {
  private static final Logger LOG = LoggerFactory.getLogger(RunEvaluation.class);
  private static final String FILE = "evaluation.json";

  /** The sets, and the prompts that their texts get. */
  record Tests(List<EvaluationSet> sets, SetPrompts prompts) {
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
    var file = run.resolve(FILE);
    var stored = StoredRetrievers.of(run);
    var key = key(stored.fingerprint(), tests, evaluation);
    if (Files.exists(file)) {
      var present = Json.read(file, RunEvaluation.class);
      if (present.key().equals(key)) {
        return present.values();
      }
    }
    var texts =
        OptionalLong.of(tests.sets().stream().mapToLong(EvaluationSet::texts).sum());
    try (var retriever = Retriever.load(stored, stored.settings().comparedByProduct(), session);
        var phase = progress.apply(texts)) {
      retriever.onEncoded(phase::add);
      var values = evaluation.evaluate(
          set -> new DenseRanker(retriever, tests.task(set)),
          tests.sets(),
          (set, ranking, result) -> LOG.debug("{} {}: {}", run, set.name(), result.all()));
      Json.write(file, new RunEvaluation(key, values));
      return values;
    }
  }

  private static String key(String retriever, Tests tests, RetrievalEvaluation evaluation) {
    var text = new StringBuilder("values of queries\n")
        .append(evaluation.topK())
        .append(evaluation.measures())
        .append(retriever);
    for (var set : tests.sets()) {
      text.append('\n').append(set.name());
      if (!tests.task(set).equals(set.name())) {
        text.append(" prompt ").append(tests.task(set));
      }
      for (var file : set.files()) {
        text.append(' ').append(file.getFileName()).append(' ').append(Sha256.of(file));
      }
    }
    return Sha256.of(text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
