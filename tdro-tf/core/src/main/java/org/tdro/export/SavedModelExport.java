package org.tdro.export;

import static java.util.stream.Collectors.toMap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.export.tokenizer.GraphTokenizer;
import org.tdro.io.Sha256;
import org.tdro.io.TemporaryFolder;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.RetrieverSettings;
import org.tdro.retriever.RetrieverSource;
import org.tdro.retriever.TokenEncoding;
import org.tdro.serving.client.RetrieverAssets;
import org.tdro.serving.client.TextSignature;
import org.tdro.text.InexpressibleTokenizerException;
import org.tdro.text.Prompts;
import org.tdro.text.Similarity;
import org.tdro.text.TextKind;
import org.tensorflow.proto.ConfigProto;

/**
 * Exports a trained retriever as a version of a SavedModel that TensorFlow Serving mounts: {@code BASE/1/} with
 * {@code saved_model.pb}, {@code variables/}, {@code assets/} (see {@link RetrieverAssets}) and warm-up requests in
 * {@code assets.extra/}. Signatures {@code encode_query}, {@code encode_passage} and {@code serving_default} take
 * {@code input_ids} and {@code attention_mask} {@code [batch, length]} and return {@code embedding [batch, dimension]};
 * {@code score} takes them twice, of queries and of passages, and returns {@code score [queries, passages]}. If its tokenizer can
 * be {@linkplain GraphTokenizer computed in the graph}, {@code embed_query_text} and {@code embed_passage_text} take
 * {@code text [batch]}, strings, and return {@code embedding [batch, dimension]}; {@code embed_titled_passage_text} takes
 * {@code title [batch]}, too, and, where there are prompts of tasks, {@link TextSignature others} {@code prompt_name [batch]}. What was
 * written is loaded by a fresh process and compared with the trained model before it is put in place.
 */
public final class SavedModelExport {
  /** Scripts and lengths that differ, so that padding and unknown bytes are part of the check. */
  private static final List<String> TEXTS = List.of(
      "a",
      "which city is the capital of France?",
      "Übermäßig lange Wörter sind in deutschen Gesetzestexten keine Seltenheit.",
      "東京は日本の首都です。",
      "El clima de la costa es templado y húmedo durante casi todo el año, con lluvias en otoño.");

  /** Spreads made-up ids over a vocabulary. */
  private static final int STRIDE = 7919;

  /** Tokens of the texts whose time is taken, about those of a question. */
  private static final int TIMED_TOKENS = 32;

  private static final Logger LOG = LoggerFactory.getLogger(SavedModelExport.class);

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
  public Report export(RetrieverSource stored, RetrieverSettings settings, Path base) {
    // Clients and the score signature compare embeddings by their product.
    var served = settings.comparedByProduct();
    var report = new AtomicReference<Report>();
    var folder = new Versions(base)
        .add(options.version(), beside -> report.set(write(stored, served, base, beside)));
    return report.get().in(folder);
  }

  private Report write(RetrieverSource stored, RetrieverSettings settings, Path base, Path folder)
      throws IOException {
    copyTokenizer(stored, settings, folder);
    var assets = assets(settings, base, folder);
    var tokenizer = graphTokenizer(folder);
    var strings = StringSamples.of(tokenizer.isPresent() ? TEXTS : List.of(), assets.prompts());
    requireDefault(assets);
    int[][] samples;
    Agreement.Trained trained;
    Map<TextSignature, int[][]> ids;
    try (var retriever = Retriever.load(stored, settings, ConfigProto.getDefaultInstance())) {
      samples = samples(retriever);
      warnOfLongPrompts(retriever);
      ids = strings.stream()
          .collect(toMap(StringSamples::signature, sample -> sample.ids(retriever)));
      trained = Agreement.Trained.of(retriever, samples, ids, options.defaultSignature());
      SavedModelWriter.write(retriever.model(), assets, tokenizer, options, folder);
    }
    assets.write(folder);
    new WarmupRequests(assets, samples, strings).write(folder);
    // The trained model is closed by now: memory never holds both.
    int tokens = Math.min(TIMED_TOKENS, settings.queryLength());
    var checked = ExportCheck.inFreshProcess(
        new ExportCheck.Request(folder.toString(), samples, inputs(strings), tokens));
    requireIds(ids, checked.ids());
    var agreement = Agreement.of(trained, checked);
    requireClose(agreement);
    ServableCard.write(
        folder,
        assets,
        new ServableCard.Facts(options, agreement, stored.fingerprint(), tokenizer.isPresent()));
    return new Report(
        folder, options.precision(), agreement, size(folder), checked.milliseconds(), tokens);
  }

  /** Warns of prompts that leave no room for a text, so that all texts have the same embedding. */
  private static void warnOfLongPrompts(Retriever retriever) {
    if (!retriever.takesTexts()) {
      return;
    }
    var settings = retriever.settings();
    for (var kind : TextKind.values()) {
      var names = new ArrayList<>(List.of(Prompts.EVERY_TASK));
      names.addAll(settings.prompts().names(kind));
      for (var name : names) {
        var ids = retriever.tokenize(kind, name, TEXTS);
        if (Arrays.stream(ids).allMatch(text -> Arrays.equals(text, ids[0]))) {
          LOG.warn(
              "The prompt {} leaves no room for a text within the {} tokens of {}, which all have the same embedding with it",
              name.isEmpty() ? "of all texts" : name,
              settings.maxLength(kind),
              kind.plural());
        }
      }
    }
  }

  /** Returns the kind of text with the lower maximum length: all signatures are called with the samples. */
  private static TextKind kind(Retriever retriever) {
    var settings = retriever.settings();
    return settings.queryLength() <= settings.passageLength() ? TextKind.QUERY : TextKind.PASSAGE;
  }

  /** Returns the tokenizer of the signatures that take strings; empty if there is none, or none that is exact. */
  private Optional<GraphTokenizer> graphTokenizer(Path folder) {
    var file = RetrieverAssets.tokenizer(folder);
    String reason;
    try {
      if (file.isPresent()) {
        return Optional.of(GraphTokenizer.read(file.get()));
      }
      reason = "the model has no tokenizer";
    } catch (InexpressibleTokenizerException e) {
      reason = "its tokenizer " + e.getMessage();
    }
    if (options.defaultSignature().ofStrings().isPresent()) {
      throw refused(reason);
    }
    if (file.isPresent()) {
      LOG.info("The export has no signatures that take strings: {}", reason);
    }
    return Optional.empty();
  }

  /** Requires that texts have names to choose prompts by where the default signature takes them. */
  private void requireDefault(RetrieverAssets assets) {
    options
        .defaultSignature()
        .ofStrings()
        .filter(signature -> !TextSignature.of(assets.prompts()).contains(signature))
        .ifPresent(signature -> {
          throw refused(
              "the model has no prompts of tasks for " + signature.kind().plural());
        });
  }

  private IllegalArgumentException refused(String reason) {
    return new IllegalArgumentException(
        "the export cannot have the signature %s, which the default one should be: %s"
            .formatted(options.defaultSignature().key(), reason));
  }

  /** Returns the inputs of each signature that takes strings, the default one among them if it does. */
  private Map<String, Map<String, List<String>>> inputs(List<StringSamples> strings) {
    var inputs = new TreeMap<String, Map<String, List<String>>>();
    for (var samples : strings) {
      inputs.put(samples.signature().key(), samples.inputs());
    }
    options
        .defaultSignature()
        .ofStrings()
        .ifPresent(
            signature -> inputs.put(RetrieverSignatures.DEFAULT, inputs.get(signature.key())));
    return inputs;
  }

  private static void requireIds(Map<TextSignature, int[][]> ids, Map<String, int[][]> exported) {
    ids.forEach((signature, expected) -> {
      if (!Arrays.deepEquals(expected, exported.get(signature.key()))) {
        throw new IllegalStateException(
            "the exported model tokenises sample texts in %s otherwise than tokenizer.json; it was not put in place"
                .formatted(signature.key()));
      }
    });
  }

  /** Returns the token ids of the texts; of a model without a tokenizer some of its ids. */
  private static int[][] samples(Retriever retriever) {
    var kind = kind(retriever);
    if (retriever.takesTexts()) {
      return retriever.tokenize(kind, "", TEXTS);
    }
    int most = retriever.settings().maxLength(kind);
    int vocabulary = retriever.settings().spec().architecture().vocabulary();
    var ids = new int[TEXTS.size()][];
    for (int row = 0; row < ids.length; row++) {
      ids[row] = new int[Math.min(most, 1 + TEXTS.get(row).length() / 4)];
      int first = row;
      Arrays.setAll(ids[row], i -> (int) ((first + (long) i * STRIDE) % vocabulary));
    }
    return ids;
  }

  private RetrieverAssets assets(RetrieverSettings settings, Path base, Path folder) {
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
        RetrieverAssets.tokenizer(folder).map(Sha256::of).orElse(""),
        options.idType(),
        TokenEncoding.DEFAULT.padMultiple());
  }

  private void requireClose(Agreement agreement) {
    if (!(agreement.largest() <= options.tolerance())) {
      throw new IllegalStateException(
          "the exported model differs from the trained one by %s, more than %s; it was not put in place. On a GPU, products are rounded unless the environment has NVIDIA_TF32_OVERRIDE=0"
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
      Files.createDirectories(to.getParent());
      return Files.copy(from, to);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot copy " + from + ": " + e.getMessage(), e);
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

  /**
   * An exported version and its comparison with the trained model.
   *
   * @param folder of the version
   * @param bytes on disk
   * @param milliseconds by number of texts in a batch: the time of one, the median of a few
   * @param tokens in each text of these batches
   */
  public record Report(
      Path folder,
      Precision precision,
      Agreement agreement,
      long bytes,
      SortedMap<Integer, Double> milliseconds,
      int tokens) {

    /** Returns the report for the folder that the version was renamed to. */
    Report in(Path folder) {
      return new Report(folder, precision, agreement, bytes, milliseconds, tokens);
    }
  }
}
