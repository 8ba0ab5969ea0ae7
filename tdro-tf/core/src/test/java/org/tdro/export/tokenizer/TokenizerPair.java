package org.tdro.export.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.tdro.testing.Shared;
import org.tdro.text.InexpressibleTokenizerException;
import org.tdro.text.PromptTemplate;
import org.tdro.text.Prompts;
import org.tdro.text.TextKind;
import org.tdro.text.Tokenizer;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;

/** A tokenizer as a graph, in a session, and in the tokenizers library. */
final class TokenizerPair implements AutoCloseable {
  private static final Map<String, GraphTokenizer> PUBLISHED = new ConcurrentHashMap<>();

  private final Graph graph = new Graph();
  private final Session session;
  private final Placeholder<TString> texts;
  private final GraphTokenizer.Tokens tokens;
  private final Tokenizer host;
  private final PromptTemplate prompt;
  private final int maxLength;

  TokenizerPair(Path tokenizerJson, PromptTemplate prompt, int maxLength)
      throws InexpressibleTokenizerException {
    this(GraphTokenizer.read(tokenizerJson), tokenizerJson, prompt, maxLength);
  }

  /** Returns that of a published model, whose tables are made once. */
  static TokenizerPair published(String name, PromptTemplate prompt, int maxLength)
      throws InexpressibleTokenizerException {
    var file = Shared.path("models/" + name + "/tokenizer.json");
    if (!PUBLISHED.containsKey(name)) {
      PUBLISHED.put(name, GraphTokenizer.read(file));
    }
    return new TokenizerPair(PUBLISHED.get(name), file, prompt, maxLength);
  }

  private TokenizerPair(
      GraphTokenizer tokenizer, Path tokenizerJson, PromptTemplate prompt, int maxLength) {
    this.prompt = prompt;
    this.maxLength = maxLength;
    var tf = Ops.create(graph);
    texts = tf.placeholder(TString.class, Placeholder.shape(Shape.of(-1)));
    var prompts = new Prompts(Map.of(Prompts.EVERY_TASK, prompt), Map.of());
    var prompted = new GraphPrompts(prompts, TextKind.QUERY).around(tf, texts);
    tokens = tokenizer.tokenize(tf, prompted, maxLength);
    session = new Session(graph);
    host = Tokenizer.load(tokenizerJson);
  }

  /** Asserts that both give the same ids, and returns the number of those of the longest text. */
  int assertSame(List<String> batch) {
    var wellFormed = batch.stream().map(Tokenizer::wellFormed).toList();
    var ids = ids(wellFormed.stream()
        .map(text -> text.getBytes(StandardCharsets.UTF_8))
        .toArray(byte[][]::new));
    assertThat(ids).hasDimensions(batch.size(), batch.isEmpty() ? 0 : ids[0].length);
    for (int row = 0; row < ids.length; row++) {
      assertRow(ids[row], wellFormed.get(row));
    }
    return batch.isEmpty() ? 0 : ids[0].length;
  }

  /** Asserts that the graph gives bytes the ids of a text. */
  void assertIds(byte[] bytes, String text) {
    assertRow(ids(new byte[][] {bytes})[0], text);
  }

  /** Asserts that a row has the ids of a text and then padding. */
  private void assertRow(int[] row, String text) {
    var expected = host.encode(prompt.apply(text), maxLength);
    if (!Arrays.equals(Arrays.copyOf(expected, row.length), row)) {
      assertThat(row)
          .as(text)
          .startsWith(expected)
          .containsExactly(Arrays.copyOf(expected, row.length));
    }
  }

  /** Returns the ids {@code [batch, length]}, of which those that the mask leaves out are 0. */
  private int[][] ids(byte[][] batch) {
    var bytes = NdArrays.ofObjects(byte[].class, Shape.of(batch.length));
    for (int i = 0; i < batch.length; i++) {
      bytes.setObject(batch[i], i);
    }
    try (var fed = TString.tensorOfBytes(bytes);
        var result = session
            .runner()
            .feed(texts, fed)
            .fetch(tokens.ids())
            .fetch(tokens.mask())
            .run()) {
      var ids = rows((TInt32) result.get(0));
      var mask = rows((TInt32) result.get(1));
      for (int row = 0; row < ids.length; row++) {
        int count = Arrays.stream(mask[row]).sum();
        assertThat(Arrays.stream(mask[row], 0, count)).allMatch(value -> value == 1);
        assertThat(Arrays.stream(ids[row], count, ids[row].length)).allMatch(value -> value == 0);
      }
      return ids;
    }
  }

  private static int[][] rows(TInt32 tensor) {
    int length = (int) tensor.shape().get(1);
    var rows = new int[(int) tensor.shape().get(0)][length];
    if (tensor.size() > 0) {
      var data = tensor.asRawTensor().data().asInts();
      for (int row = 0; row < rows.length; row++) {
        data.slice((long) row * length, length).read(rows[row]);
      }
    }
    return rows;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
    host.close();
  }
}
