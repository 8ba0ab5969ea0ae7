package org.tdro.export.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.tdro.text.InexpressibleTokenizerException;
import org.tdro.text.NormalizerTables;
import org.tdro.text.Tokenizer;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TInt32;

/** A normalizer as a graph, in a session, and in the tokenizers library. */
final class NormalizerPair implements AutoCloseable {
  /** Of Qwen2. */
  static final String NFC = "{\"type\": \"NFC\"}";

  static final String NFD = "{\"type\": \"NFD\"}";

  /** Of learned tokenizers. */
  static final String NFKC_AND_LOWERCASE = """
      {"type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "Lowercase"}]}""";

  /** Separates texts, as special tokens do. */
  static final int SEPARATOR = 0x10f000;

  /** Made once. */
  private static final Map<String, NormalizerTables> TABLES = new ConcurrentHashMap<>();

  private final String name;
  private final NormalizerTables tables;
  private final HuggingFaceTokenizer host;
  private final Graph graph = new Graph();
  private final Session session;
  private final Placeholder<TInt32> codePoints;
  private final Operand<TInt32> normalized;

  /**
   * Creates a pair.
   *
   * @param normalizer as in a {@code tokenizer.json}
   */
  NormalizerPair(String normalizer) throws InexpressibleTokenizerException, IOException {
    if (!TABLES.containsKey(normalizer)) {
      TABLES.put(normalizer, NormalizerTables.of(new JsonMapper().readTree(normalizer)));
    }
    tables = TABLES.get(normalizer);
    name = normalizer;
    // Its one token is the whole normalised text.
    var json = """
        {"version": "1.0", "added_tokens": [], "normalizer": %s, "pre_tokenizer": null,
         "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0]]}}""".formatted(normalizer);
    host = HuggingFaceTokenizer.newInstance(
        new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)),
        Map.of("truncation", "false", "padding", "false"));
    var tf = Ops.create(graph);
    codePoints = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)));
    // What is fed cannot be fetched, and no steps return it.
    normalized = tf.identity(new GraphNormalizer(tables).normalize(tf, codePoints));
    session = new Session(graph);
  }

  NormalizerTables tables() {
    return tables;
  }

  /** Asserts that both give the same texts, which do not have the separator. */
  void assertSame(List<String> batch) {
    var texts = batch.stream().map(Tokenizer::wellFormed).toList();
    var separator = Character.toString(SEPARATOR);
    var actual = graph(String.join(separator, texts)).split(separator, -1);
    assertThat(actual).hasSize(Math.max(1, texts.size()));
    for (int i = 0; i < texts.size(); i++) {
      var expected = host(texts.get(i));
      if (!actual[i].equals(expected)) {
        assertThat(readable(actual[i])).as(readable(texts.get(i))).isEqualTo(readable(expected));
      }
    }
  }

  /** Returns what the graph makes of a text. */
  String graph(String text) {
    try (var fed = TInt32.vectorOf(text.codePoints().toArray());
        var result = session.runner().feed(codePoints, fed).fetch(normalized).run()) {
      var tensor = (TInt32) result.get(0);
      var values = new int[(int) tensor.size()];
      if (values.length > 0) {
        tensor.asRawTensor().data().asInts().read(values);
      }
      return new String(values, 0, values.length);
    }
  }

  private String host(String text) {
    return String.join("", host.encode(text, false, false).getTokens());
  }

  private static String readable(String text) {
    return text.codePoints().mapToObj("%04X"::formatted).collect(Collectors.joining(" "));
  }

  @Override
  public String toString() {
    return name;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
    host.close();
  }
}
