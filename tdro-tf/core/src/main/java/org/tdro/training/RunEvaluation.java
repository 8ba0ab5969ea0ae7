package org.tdro.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.tdro.evaluation.BeirDataset;
import org.tdro.evaluation.Measure;
import org.tdro.evaluation.ModelEvaluation;
import org.tdro.evaluation.RetrievalEvaluation;
import org.tdro.io.Json;
import org.tdro.io.Sha256;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.store.StoredRetrievers;
import org.tensorflow.proto.ConfigProto;

/**
 * The evaluation of a run, kept in its folder as {@code evaluation.json} and computed again only if model, sets or measures
 * have changed.
 *
 * @param key what it was computed from
 */
record RunEvaluation(String key, ModelEvaluation values) {
  private static final String FILE = "evaluation.json";

  static ModelEvaluation of(
      Path run,
      List<BeirDataset> sets,
      List<Measure> measures,
      RetrievalEvaluation evaluation,
      ConfigProto session,
      ModelEvaluation.Listener listener) {
    var file = run.resolve(FILE);
    var key = key(run, sets, measures, evaluation);
    if (Files.exists(file)) {
      var present = Json.read(file, RunEvaluation.class);
      if (present.key().equals(key)) {
        return present.values();
      }
    }
    try (var retriever = load(run, session)) {
      var values = ModelEvaluation.of(retriever, sets, measures, evaluation, listener);
      Json.write(file, new RunEvaluation(key, values));
      return values;
    }
  }

  private static Retriever load(Path run, ConfigProto session) {
    var stored = StoredRetrievers.of(run);
    return Retriever.load(stored, stored.settings(), session);
  }

  private static String key(
      Path run, List<BeirDataset> sets, List<Measure> measures, RetrievalEvaluation evaluation) {
    var text = new StringBuilder(evaluation.toString())
        .append(measures)
        .append(StoredRetrievers.of(run).fingerprint());
    try {
      for (var set : sets) {
        text.append('\n').append(set.name());
        try (var files = Files.walk(set.folder())) {
          for (var file : files.filter(Files::isRegularFile).sorted().toList()) {
            text.append(' ')
                .append(set.folder().relativize(file))
                .append(' ')
                .append(Sha256.of(file));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Sha256.of(text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
