package org.tdro.serving.client;

import java.net.URI;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tdro.text.Prompts;
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
 * Thread-safe. Texts get the prompt of all texts of their kind, or that of a task by its name.
 */
public final class TextClient implements AutoCloseable {
  private final Attempts attempts;
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
    attempts = new Attempts(model, options);
  }

  /** Returns the embeddings of queries, in their order, with the prompt of all queries, if there is one. */
  public float[][] embedQueries(List<String> texts) {
    return embed(TextKind.QUERY, Prompts.EVERY_TASK, texts);
  }

  /** Returns the embeddings of passages, in their order, with the prompt of all passages, if there is one. */
  public float[][] embedPassages(List<String> texts) {
    return embed(TextKind.PASSAGE, Prompts.EVERY_TASK, texts);
  }

  /**
   * Returns the embeddings of texts, in their order, {@code [texts, dimension]}.
   *
   * @param task selects the prompt by the name of a domain or task; empty for the prompt of all texts, if there is one
   * @throws ServingException if the server refuses, as it does where the export takes token ids alone or has no prompt of that name,
   *     or is still busy after the last attempt
   * @throws java.io.UncheckedIOException if it cannot be reached
   * @throws IllegalStateException if the client is closed, or the thread is interrupted
   */
  public float[][] embed(TextKind kind, String task, List<String> texts) {
    return send(kind, task, Map.of(RetrieverAssets.TEXT, texts));
  }

  /**
   * Returns the embeddings of passages with titles, in their order, {@code [texts, dimension]}.
   *
   * @param task as in {@link #embed}
   * @param titles one for each text, empty where it has none
   * @throws IllegalArgumentException if there are not as many titles as texts
   * @throws ServingException as {@link #embed}
   * @throws java.io.UncheckedIOException if the server cannot be reached
   * @throws IllegalStateException as {@link #embed}
   */
  public float[][] embedTitledPassages(String task, List<String> titles, List<String> texts) {
    if (titles.size() != texts.size()) {
      throw new IllegalArgumentException(
          "there are %d titles for %d texts".formatted(titles.size(), texts.size()));
    }
    var inputs = Map.of(RetrieverAssets.TITLE, titles, RetrieverAssets.TEXT, texts);
    return send(TextKind.PASSAGE, task, inputs);
  }

  private float[][] send(TextKind kind, String task, Map<String, List<String>> named) {
    attempts.requireOpen();
    var inputs = new TreeMap<>(named);
    int texts = named.get(RetrieverAssets.TEXT).size();
    if (!task.equals(Prompts.EVERY_TASK)) {
      inputs.put(RetrieverAssets.PROMPT_NAME, Collections.nCopies(texts, task));
    }
    var signature = TextSignature.of(kind, inputs.keySet());
    return new LengthBatches(texts, options.texts())
        .embed(
            i -> inputs.values().stream()
                .mapToInt(values -> values.get(i).length())
                .sum(),
            batch -> send(signature, rows(inputs, batch)));
  }

  private static Map<String, List<String>> rows(Map<String, List<String>> inputs, Integer[] rows) {
    var chosen = new TreeMap<String, List<String>>();
    inputs.forEach(
        (name, values) -> chosen.put(name, Arrays.stream(rows).map(values::get).toList()));
    return chosen;
  }

  private float[][] send(TextSignature signature, Map<String, List<String>> inputs) {
    try {
      return attempts.texts(signature.key(), inputs);
    } catch (ServingException e) {
      throw e.isUnknown(signature.key()) ? e.meaning(missing(signature)) : e;
    }
  }

  /** Returns why a server may not have a signature. */
  private static String missing(TextSignature signature) {
    if (signature.takes(RetrieverAssets.PROMPT_NAME)) {
      return "the version that is served has no prompts of tasks for %s, or takes token ids alone"
          .formatted(signature.kind().plural());
    }
    return signature.takes(RetrieverAssets.TITLE)
        ? "the version that is served takes no titles, or token ids alone"
        : "the version that is served takes token ids alone, so use RetrieverClient";
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
  }
}
