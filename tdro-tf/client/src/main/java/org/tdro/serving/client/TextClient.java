package org.tdro.serving.client;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import org.tdro.text.TextKind;

/**
 * A client that sends texts as they are to a server whose export tokenises in its graph, and needs no files of the export:
 *
 * <pre>{@code
 * try (var client = new TextClient(URI.create("http://localhost:8501/v1/models/retriever"))) {
 *   float[][] queries = client.embedQueries(List.of("which city is the capital of France?"));
 * }
 * }</pre>
 *
 * Thread-safe. Texts get the prompt of all texts of their kind; for the prompt of a task use {@link RetrieverClient}. A passage with
 * a title is sent as the title, a space and the text.
 */
public final class TextClient implements AutoCloseable {
  private final PredictCall call;
  private final RetrieverClient.Options options;

  /**
   * Creates a client with the {@linkplain RetrieverClient.Options#DEFAULT default options}.
   *
   * @param model {@code http://HOST:PORT/v1/models/NAME} or {@code …/NAME/versions/V}, or the same with {@code https}, {@code grpc} or
   *     {@code grpcs}
   */
  public TextClient(URI model) {
    this(model, RetrieverClient.Options.DEFAULT);
  }

  /**
   * Creates a client; nothing is sent yet.
   *
   * @throws IllegalArgumentException if the address is not that of a model, or the file of trusted authorities is wrong
   */
  public TextClient(URI model, RetrieverClient.Options options) {
    this.options = options;
    call = PredictCall.of(model, options);
  }

  /** Returns the embeddings of queries, in their order, {@code [texts, dimension]}. */
  public float[][] embedQueries(List<String> texts) {
    return embed(TextKind.QUERY, texts);
  }

  /** Returns the embeddings of passages, in their order, {@code [texts, dimension]}. */
  public float[][] embedPassages(List<String> texts) {
    return embed(TextKind.PASSAGE, texts);
  }

  /**
   * Returns the embeddings of texts, in their order, {@code [texts, dimension]}.
   *
   * @throws ServingException if the server refuses, as it does where the export takes token ids alone, or is still busy after the last
   *     attempt
   * @throws java.io.UncheckedIOException if it cannot be reached
   */
  public float[][] embed(TextKind kind, List<String> texts) {
    return new LengthBatches(texts.size(), options.texts())
        .embed(
            i -> texts.get(i).length(),
            batch -> call.texts(
                RetrieverAssets.textSignature(kind),
                Arrays.stream(batch).map(texts::get).toList()));
  }

  /** Returns whether the server has a version of the model that answers; it is asked once, for as long as a request may take. */
  public boolean isAvailable() {
    return call.isAvailable();
  }

  @Override
  public void close() {
    call.close();
  }
}
