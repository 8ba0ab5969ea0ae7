package org.tdro.retriever;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.Sha256;
import org.tdro.io.TemporaryFolder;
import org.tdro.keras.KernelTimes;
import org.tdro.search.Embeddings;
import org.tdro.text.TextKind;
import org.tdro.text.Tokenizer;
import org.tensorflow.proto.ConfigProto;

/** A trained retriever: turns texts into embeddings whose products say how well they match. Owns its model and tokenizer. */
public final class Retriever implements TextEncoder, AutoCloseable {
  private final RetrieverSource stored;
  private final RetrieverSettings settings;
  private final Optional<Tokenizer> tokenizer;
  private final EncoderModel model;
  private IntConsumer encoded = texts -> {};

  private Retriever(
      RetrieverSource stored,
      RetrieverSettings settings,
      Optional<Tokenizer> tokenizer,
      EncoderModel model) {
    this.stored = stored;
    this.settings = settings;
    this.tokenizer = tokenizer;
    this.model = model;
  }

  /**
   * Loads a retriever.
   *
   * @param settings the stored ones or, for another pooling or size of embeddings, changed ones
   * @param session TensorFlow's session options
   * @throws IllegalArgumentException if there is no retriever, or its weights do not fit the settings
   * @throws org.tdro.io.InputException if a published one is damaged or not supported
   * @throws org.tdro.io.InputException if its tokenizer has ids that the model does not have
   */
  public static Retriever load(
      RetrieverSource stored, RetrieverSettings settings, ConfigProto session) {
    var tokenizer = tokenizer(stored, settings);
    EncoderModel model = null;
    try {
      tokenizer.ifPresent(present -> check(present, settings));
      model = new EncoderModel(settings.spec(), 0, session);
      model.load(stored);
      return new Retriever(stored, settings, tokenizer, model);
    } catch (RuntimeException | Error e) {
      if (model != null) {
        model.close();
      }
      tokenizer.ifPresent(Tokenizer::close);
      throw e;
    }
  }

  private static Optional<Tokenizer> tokenizer(RetrieverSource stored, RetrieverSettings settings) {
    return TemporaryFolder.with(
        folder -> stored.tokenizer(settings.spec().pooling(), folder).map(Tokenizer::load));
  }

  private static void check(Tokenizer tokenizer, RetrieverSettings settings) {
    int known = settings.spec().architecture().vocabulary();
    if (tokenizer.vocabularySize() > known) {
      throw new InputException("%s has %d token ids, but the model only %d embeddings"
          .formatted(tokenizer.file(), tokenizer.vocabularySize(), known));
    }
    for (var kind : TextKind.values()) {
      try {
        tokenizer.encode("a", settings.maxLength(kind));
      } catch (IllegalArgumentException e) {
        var word = kind.name().toLowerCase(Locale.ROOT);
        throw new InputException(
            "the model's longest %s is too short: %s; it is max_seq_length or model_max_length of a published model, data.%s-length of a run"
                .formatted(word, e.getMessage(), word),
            e);
      }
    }
  }

  /** Returns what is wrong with the ids of a text, if anything: one beyond the embeddings would only fail inside the graph. */
  public Optional<String> problem(int[] tokens) {
    int size = settings.spec().architecture().vocabulary();
    return Arrays.stream(tokens)
        .filter(id -> id < 0 || id >= size)
        .mapToObj(id -> "has token id %d; the model's ids are 0 to %d".formatted(id, size - 1))
        .findFirst();
  }

  /** Returns the token ids of texts, prompts and special tokens included. */
  public int[][] tokenize(TextKind kind, String task, List<String> texts) {
    return texts.parallelStream().map(text -> tokenize(kind, task, text)).toArray(int[][]::new);
  }

  /** Returns the token ids of a text, prompt and special tokens included. */
  public int[] tokenize(TextKind kind, String task, String text) {
    return tokenizer()
        .encode(settings.prompts().of(kind, task).apply(text), settings.maxLength(kind));
  }

  @Override
  public Embeddings encode(TextKind kind, String task, List<String> texts) {
    return encode(kind, tokenize(kind, task, texts));
  }

  @Override
  public int dimension() {
    return settings.spec().dimension();
  }

  /** Returns the embeddings of texts that were tokenised, in their order. */
  public Embeddings encode(TextKind kind, int[][] ids) {
    return encode(kind, ids, TokenEncoding.DEFAULT);
  }

  /** Returns the embeddings of texts that were tokenised, in their order, computed in {@code batches}. */
  public Embeddings encode(TextKind kind, int[][] ids, TokenEncoding batches) {
    for (int text = 0; text < ids.length; text++) {
      int number = text + 1;
      problem(ids[text]).ifPresent(problem -> {
        throw new IllegalArgumentException("text " + number + " " + problem);
      });
    }
    var left = new AtomicInteger(ids.length);
    var embeddings = batches.encode(
        batch -> {
          var part = model.embed(kind, batch);
          left.addAndGet(-batch.rows());
          encoded.accept(batch.rows());
          return part;
        },
        dimension(),
        ids,
        0,
        settings.maxLength(kind));
    // Equal texts are in one batch only.
    if (left.get() > 0) {
      encoded.accept(left.get());
    }
    return embeddings;
  }

  /** Encodes texts that were tokenised under TensorFlow's tracer, and returns what its kernels took in all batches. */
  public KernelTimes trace(TextKind kind, int[][] ids, TokenEncoding batches) {
    var all = new KernelTimes[] {new KernelTimes(List.of())};
    batches.encode(
        batch -> {
          all[0] = all[0].plus(model.trace(kind, batch));
          return new float[batch.rows() * dimension()];
        },
        dimension(),
        ids,
        0,
        settings.maxLength(kind));
    return all[0];
  }

  /** Sets a listener that is told the number of texts of each batch that was encoded. */
  public void onEncoded(IntConsumer listener) {
    encoded = listener;
  }

  /**
   * Returns a hash of what the embeddings of texts of a kind follow from: weights, tokenizer, settings and the prompts of a task. It does
   * not depend on where the retriever lies.
   *
   * @throws InputException if it has no tokenizer
   */
  public String fingerprint(TextKind kind, String task) {
    var base = settings.base() == null ? "" : settings.base().fingerprint();
    return Sha256.of(Stream.of(
        stored.fingerprint(),
        base,
        tokenizer().fingerprint(),
        Json.line(settings.spec()),
        kind.name(),
        settings.prompts().of(kind, task).template(),
        Integer.toString(settings.maxLength(kind))));
  }

  /** Whether it has a tokenizer; one without takes only token ids. */
  public boolean takesTexts() {
    return tokenizer.isPresent();
  }

  /** The model, which this retriever owns. */
  public EncoderModel model() {
    return model;
  }

  /** Everything about it but weights and tokenizer. */
  public RetrieverSettings settings() {
    return settings;
  }

  /**
   * Its tokenizer.
   *
   * @throws InputException if it has none
   */
  public Tokenizer tokenizer() {
    return tokenizer.orElseThrow(
        () -> new InputException(
            "the model has no tokenizer.json, so it takes no texts: put its tokenizer beside it or give input_ids"));
  }

  @Override
  public void close() {
    model.close();
    tokenizer.ifPresent(Tokenizer::close);
  }
}
