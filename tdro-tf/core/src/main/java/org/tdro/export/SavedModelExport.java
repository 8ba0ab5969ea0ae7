package org.tdro.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.tdro.io.TemporaryFolder;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.RetrieverSettings;
import org.tdro.retriever.RetrieverSource;
import org.tdro.retriever.TokenEncoding;
import org.tdro.serving.client.RetrieverAssets;
import org.tdro.text.Similarity;
import org.tensorflow.proto.ConfigProto;

/**
 * Exports a trained retriever as a version of a SavedModel that TensorFlow Serving mounts: {@code BASE/1/} with
 * {@code saved_model.pb}, {@code variables/}, {@code assets/} (see {@link RetrieverAssets}) and warm-up requests in
 * {@code assets.extra/}. Signatures {@code encode_query}, {@code encode_passage} and {@code serving_default} take
 * {@code input_ids} and {@code attention_mask} {@code [batch, length]} and return {@code embedding [batch, dimension]};
 * {@code score} takes them twice, of queries and of passages, and returns {@code score [queries, passages]}. What was
 * written is loaded by a fresh process and compared with the trained model before it is put in place.
 */
public final class SavedModelExport {
  /** Tokens of the texts whose time is taken, about those of a question. */
  private static final int TIMED_TOKENS = 32;

  private final ExportOptions options;

  /** Creates an export with these options. */
  public SavedModelExport(ExportOptions options) {
    this.options = options;
  }

  /**
   * Checks the target folder as {@link #export} does, before anything is loaded.
   *
   * @throws IllegalArgumentException if a version of that number, or any, cannot be written into {@code base}
   */
  public static void checkVersion(Path base, OptionalLong version) {
    new Versions(base).check(version);
  }

  /**
   * Writes a version.
   *
   * @param settings the stored ones or, for another size of embeddings, changed ones
   * @param base the folder of all versions, made if it is missing; its name becomes the model's
   * @throws IllegalArgumentException if the version is there already
   * @throws IllegalStateException if the export does not compute what was trained, or another process exports into
   *     {@code base}; nothing is put in place then
   */
  public ExportReport export(RetrieverSource stored, RetrieverSettings settings, Path base) {
    // Clients and the score signature compare embeddings by their product.
    var served = settings.comparedByProduct();
    var report = new AtomicReference<ExportReport>();
    var folder = new Versions(base)
        .add(options.version(), beside -> report.set(write(stored, served, base, beside)));
    return report.get().in(folder);
  }

  private ExportReport write(
      RetrieverSource stored, RetrieverSettings settings, Path base, Path folder)
      throws IOException {
    var assets = assets(settings, base);
    int[][] samples;
    Agreement.Trained trained;
    try (var retriever = Retriever.load(stored, settings, ConfigProto.getDefaultInstance())) {
      samples = SampleTexts.tokens(retriever);
      trained = Agreement.Trained.of(retriever, samples);
      SavedModelWriter.write(retriever.model(), options.idType(), options.precision(), folder);
    }
    assets.write(folder);
    copyTokenizer(stored, settings, folder);
    new WarmupRequests(assets, samples).write(folder);
    // The trained model is closed by now: memory never holds both.
    int tokens = Math.min(TIMED_TOKENS, settings.queryLength());
    var checked = FreshProcess.check(new ExportCheck.Request(folder.toString(), samples, tokens));
    var agreement = Agreement.of(trained, checked);
    requireClose(agreement);
    ServableCard.write(folder, assets, options.precision(), agreement, stored.fingerprint());
    return new ExportReport(
        folder, options.precision(), agreement, size(folder), checked.milliseconds(), tokens);
  }

  private RetrieverAssets assets(RetrieverSettings settings, Path base) {
    var name = base.toAbsolutePath().normalize().getFileName();
    var spec = settings.spec();
    return new RetrieverAssets(
        name == null ? "retriever" : name.toString(),
        settings.queryLength(),
        settings.passageLength(),
        spec.dimension(),
        spec.pooling().name().toLowerCase(Locale.ROOT),
        spec.normalize(),
        spec.normalize() ? Similarity.COSINE : Similarity.DOT,
        settings.prompts(),
        options.idType(),
        TokenEncoding.DEFAULT.padMultiple());
  }

  private void requireClose(Agreement agreement) {
    if (!(agreement.largest() <= options.tolerance())) {
      throw new IllegalStateException(
          "the exported model differs from the trained one by %s, more than %s; it was not put in place"
              .formatted(agreement.largest(), options.tolerance()));
    }
  }

  private static void copyTokenizer(
      RetrieverSource stored, RetrieverSettings settings, Path folder) {
    TemporaryFolder.with(scratch -> stored
        .tokenizer(settings.spec().pooling(), scratch)
        .map(tokenizer -> copy(tokenizer, RetrieverAssets.tokenizerFile(folder))));
  }

  private static Path copy(Path from, Path to) {
    try {
      return Files.copy(from, to);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("cannot copy " + from + ": " + e.getMessage(), e);
    }
  }

  private static long size(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      return files
          .map(Path::toFile)
          .filter(java.io.File::isFile)
          .mapToLong(java.io.File::length)
          .sum();
    }
  }
}
