package org.tdro.training;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.huggingface.PublishedFolder;
import org.tdro.io.Sha256;
import org.tdro.retriever.Pooling;
import org.tdro.rows.TrainingTexts;
import org.tdro.text.BytePairTrainer;
import org.tdro.text.Tokenizer;
import org.tdro.text.TokenizerFolder;
import org.tdro.text.WordCounts;
import org.tdro.training.config.DataConfig;
import org.tdro.training.config.ModelConfig;

/** Which tokenizer a run uses: the one it names, that of the checkpoint it starts from, or one learned from its rows. */
final class RunTokenizer {
  private static final Logger LOG = LoggerFactory.getLogger(RunTokenizer.class);

  private RunTokenizer() {}

  /**
   * Opens it; the caller closes it.
   *
   * @throws org.tdro.io.InputException if it is missing or damaged, or its end token is not known
   */
  static Tokenizer open(
      ModelConfig model, DataConfig data, SortedMap<String, Path> sources, int threads) {
    if (data.tokenizer().isPresent()) {
      return named(data.tokenizer().get(), model);
    }
    return Tokenizer.load(
        model.path().isPresent()
            ? published(model.path().get(), model, data.cache())
            : learned(data, sources, threads));
  }

  private static Tokenizer named(Path file, ModelConfig model) {
    var tokenizer = Tokenizer.load(file);
    if (model.pooling() == Pooling.LASTTOKEN && tokenizer.appendedToken().isEmpty()) {
      LOG.warn(
          "{} puts no end token behind a text, so the state that is pooled is that of the text's last word",
          file);
    }
    return tokenizer;
  }

  /** A checkpoint's, with an end token where the last token is pooled. */
  private static Path published(Path folder, ModelConfig model, Path cache) {
    var files =
        PublishedFolder.open(folder).tokenizer().orElseGet(() -> new TokenizerFolder(folder));
    var original = files.tokenizerJson();
    if (model.pooling() != Pooling.LASTTOKEN) {
      return original;
    }
    var file = cache
        .resolve("tokenizer-" + CacheKey.of("end token " + Sha256.of(original)))
        .resolve("tokenizer.json");
    if (!Files.exists(file)) {
      var appended = files.withEndToken(file);
      if (appended.changed()) {
        LOG.info("{}", appended);
      }
    }
    return file;
  }

  private static Path learned(DataConfig data, SortedMap<String, Path> sources, int threads) {
    var key = new StringBuilder();
    key.append(data.vocabulary()).append(' ').append(data.lowercase()).append('\n');
    sources.forEach(
        (domain, file) -> key.append(domain).append(' ').append(Sha256.of(file)).append('\n'));
    var file =
        data.cache().resolve("tokenizer-" + CacheKey.of(key.toString())).resolve("tokenizer.json");
    if (!Files.exists(file)) {
      LOG.info("learning a vocabulary of {} from {} files", data.vocabulary(), sources.size());
      var counts = new WordCounts(data.lowercase());
      TrainingTexts.count(sources.values(), counts, threads);
      new BytePairTrainer(data.vocabulary()).train(counts).write(file);
    }
    return file;
  }
}
