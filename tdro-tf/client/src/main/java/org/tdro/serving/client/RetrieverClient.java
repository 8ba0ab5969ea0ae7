package org.tdro.serving.client;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.tdro.io.Sha256;
import org.tdro.text.TextKind;
import org.tdro.text.Tokenizer;

/**
 * A client that lets a server with an exported retriever embed texts:
 *
 * <pre>{@code
 * try (var client = RetrieverClient.connect(URI.create("http://localhost:8501"), Path.of("serving/retriever/1"))) {
 *   float[][] queries = client.encodeQueries(List.of("which city is the capital of France?"));
 * }
 * }</pre>
 *
 * Thread-safe. Texts are sorted by length and sent in batches, so that there is little padding.
 */
public final class RetrieverClient implements AutoCloseable {
  /**
   * Settings of a client.
   *
   * @param texts the most texts in a request; servers have limits
   * @param timeout of one request; a gRPC server is told it as the deadline
   * @param attempts how often a request is sent in total while the server is busy or cannot be reached
   * @param pause before the second attempt; it doubles before each further one, and is longer if the server asks for more
   * @param trusted a PEM file of the authorities whose certificates a server may show over TLS; empty for those that the JVM trusts
   */
  public record Options(
      int texts, Duration timeout, int attempts, Duration pause, Optional<Path> trusted) {
    /** Options for most uses: 64 texts, one minute, 6 attempts in about 3 seconds, the JVM's trust. */
    public static final Options DEFAULT =
        new Options(64, Duration.ofMinutes(1), 6, Duration.ofMillis(100), Optional.empty());

    public Options {
      if (texts < 1 || attempts < 1) {
        throw new IllegalArgumentException("texts and attempts must be at least 1");
      }
      if (timeout.isNegative() || timeout.isZero() || pause.isNegative()) {
        throw new IllegalArgumentException("the timeout must be above 0 and the pause at least 0");
      }
    }

    /** Returns the same options with trust in the authorities of a PEM file. */
    public Options trusting(Path authorities) {
      return new Options(texts, timeout, attempts, pause, Optional.of(authorities));
    }
  }

  private final RetrieverAssets assets;
  private final Tokenizer tokenizer;
  private final Attempts attempts;
  private final Options options;

  /** Held while the tokenizer is used, by any number of threads; closing it waits for them. */
  private final Lock use;

  private final Lock end;

  private RetrieverClient(
      RetrieverAssets assets, Tokenizer tokenizer, Attempts attempts, Options options) {
    this.assets = assets;
    this.tokenizer = tokenizer;
    this.attempts = attempts;
    this.options = options;
    var lock = new ReentrantReadWriteLock();
    use = lock.readLock();
    end = lock.writeLock();
  }

  /** Connects with the {@linkplain Options#DEFAULT default options}. */
  public static RetrieverClient connect(URI server, Path assets) {
    return connect(server, assets, Options.DEFAULT);
  }

  /**
   * Creates a client of a server; nothing is sent yet.
   *
   * @param server {@code http://HOST:PORT}, where the model has the name in its assets; or the model's own, as {@code
   *     http://HOST:PORT/v1/models/NAME} or {@code …/NAME/versions/V}. With {@code grpc} in place of {@code http}, and the port of that,
   *     the client speaks gRPC; {@code https} and {@code grpcs} use TLS.
   * @param assets the folder {@code assets} of the SavedModel that is served, or the SavedModel's own
   * @throws IllegalArgumentException if the address is another, or the assets are missing or wrong, or have no tokenizer or another one
   *     than they were written with, or the file of trusted authorities is wrong
   */
  public static RetrieverClient connect(URI server, Path assets, Options options) {
    var given = assets.toAbsolutePath().normalize();
    var savedModel = given.endsWith(RetrieverAssets.FOLDER) ? given.getParent() : given;
    var read = RetrieverAssets.read(savedModel);
    var file = RetrieverAssets.tokenizer(savedModel)
        .orElseThrow(() -> new IllegalArgumentException(
            savedModel + " has no tokenizer in its assets, so it takes token ids alone"));
    if (!read.tokenizerSha256().isEmpty() && !read.tokenizerSha256().equals(Sha256.of(file))) {
      throw new IllegalArgumentException(
          file + " is not the tokenizer of the export beside which it lies");
    }
    var attempts = new Attempts(model(server, read), options);
    try {
      return new RetrieverClient(read, Tokenizer.load(file), attempts, options);
    } catch (RuntimeException | Error e) {
      attempts.close();
      throw e;
    }
  }

  private static URI model(URI server, RetrieverAssets assets) {
    var text = server.toString().replaceFirst("/+$", "");
    boolean namesModel = server.getPath() != null && server.getPath().contains("/v1/models/");
    return URI.create(text + (namesModel ? "" : "/v1/models/" + encoded(assets.name())));
  }

  private static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Returns the description of the retriever. */
  public RetrieverAssets assets() {
    return assets;
  }

  /** Returns the embeddings of queries, in their order, with the prompt of all queries, if there is one. */
  public float[][] encodeQueries(List<String> texts) {
    return encode(TextKind.QUERY, "", texts);
  }

  /** Returns the embeddings of passages, in their order, with the prompt of all passages, if there is one. */
  public float[][] encodePassages(List<String> texts) {
    return encode(TextKind.PASSAGE, "", texts);
  }

  /**
   * Returns the embeddings of texts, in their order, {@code [texts, dimension]}.
   *
   * @param task selects the prompt by the name of a domain or task; empty for the prompt of all texts, if there is one
   * @throws IllegalArgumentException if there is no prompt of that name
   * @throws ServingException if the server refuses, as it does where it has another tokenizer, or is still busy after the last attempt
   * @throws java.io.UncheckedIOException if it cannot be reached
   * @throws IllegalStateException if the client is closed, or the thread is interrupted
   */
  public float[][] encode(TextKind kind, String task, List<String> texts) {
    attempts.requireOpen();
    if (!task.isEmpty() && !assets.prompts().names().contains(task)) {
      throw new IllegalArgumentException(
          "there is no prompt %s; there are %s".formatted(task, assets.prompts().names()));
    }
    var prompt = assets.prompts().of(kind, task);
    int maxLength = assets.maxLength(kind);
    var rows = tokenize(texts.stream().map(prompt::apply).toList(), maxLength);
    return new LengthBatches(rows.length, options.texts())
        .embed(
            i -> rows[i].length,
            batch -> send(kind, Arrays.stream(batch).map(i -> rows[i]).toArray(int[][]::new)));
  }

  private int[][] tokenize(List<String> texts, int maxLength) {
    var rows = new int[texts.size()][];
    for (int row = 0; row < rows.length; row++) {
      use.lock();
      try {
        attempts.requireOpen();
        rows[row] = tokenizer.encode(texts.get(row), maxLength);
      } finally {
        use.unlock();
      }
    }
    return rows;
  }

  /** Returns the embeddings of rows, which are sorted by length. */
  private float[][] send(TextKind kind, int[][] rows) {
    int longest = Math.max(1, rows[rows.length - 1].length);
    int length = Tokenizer.paddedLength(longest, assets.padMultiple(), assets.maxLength(kind));
    var signature = assets.signatureOfTokenizer(kind);
    float[][] vectors;
    try {
      vectors = attempts.ids(signature, assets.idType(), rows, length);
    } catch (ServingException e) {
      throw e.isUnknown(signature)
          ? e.meaning(
              "the version that is served has another tokenizer than the assets of this client; give it the assets of that version")
          : e;
    }
    if (vectors[0].length != assets.dimension()) {
      throw ServingException.misunderstood("its embeddings have %d numbers, those of the assets %d"
          .formatted(vectors[0].length, assets.dimension()));
    }
    return vectors;
  }

  /**
   * Returns whether the server has a version of the model that answers; it is asked once, for as long as a request may take.
   *
   * @throws IllegalStateException if the client is closed, or the thread is interrupted
   */
  public boolean isAvailable() {
    return attempts.isAvailable();
  }

  /** Refuses further calls; a request that has been sent is still answered, and none is sent again. */
  @Override
  public void close() {
    attempts.close();
    end.lock();
    try {
      tokenizer.close();
    } finally {
      end.unlock();
    }
  }
}
