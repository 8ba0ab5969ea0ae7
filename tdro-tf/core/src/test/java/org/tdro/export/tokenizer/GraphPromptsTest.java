package org.tdro.export.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.testing.Shared;
import org.tdro.text.PromptTemplate;
import org.tdro.text.Prompts;
import org.tdro.text.TextKind;
import org.tdro.text.Tokenizer;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;

/** Prompts chosen by name in a graph, against those that the host puts around texts. */
class GraphPromptsTest {
  private static final int LENGTH = 64;
  private static final Prompts PROMPTS = new Prompts(
      Map.of(
          "",
          PromptTemplate.before("query: "),
          "trivia",
          PromptTemplate.instruct("Given a question, find its answer."),
          "around",
          new PromptTemplate("« {text} » ?"),
          "東京",
          new PromptTemplate("{text}"),
          "joined",
          new PromptTemplate("<{text}[SEP]")),
      Map.of());

  @TempDir
  Path folder;

  private Graph graph;
  private Ops tf;
  private Placeholder<TString> texts;
  private Placeholder<TString> names;

  @BeforeEach
  void open() {
    graph = new Graph();
    tf = Ops.create(graph);
    texts = tf.placeholder(TString.class, Placeholder.shape(Shape.of(-1)));
    names = tf.placeholder(TString.class, Placeholder.shape(Shape.of(-1)));
  }

  @AfterEach
  void close() {
    graph.close();
  }

  private static TString tensor(List<String> values) {
    var array = NdArrays.ofObjects(String.class, Shape.of(values.size()));
    IntStream.range(0, values.size()).forEach(i -> array.setObject(values.get(i), i));
    return TString.tensorOf(array);
  }

  private Path tokenizer(String name) throws Exception {
    return name.equals("BPE")
        ? BytePairFiles.write(
            folder.resolve("bpe.json"),
            BytePairFiles.Kind.QWEN2,
            List.of("Given a question, find its answer.", "query: which city is the capital?"),
            BytePairFiles.EVERY_MERGE)
        : Shared.path("models/" + name + "/tokenizer.json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"all-minilm-l6-v2", "BPE"})
  void realTextsHaveTheIdsOfTheHost(String name) throws Exception {
    var file = tokenizer(name);
    var prompts = new GraphPrompts(PROMPTS, TextKind.QUERY);
    var tokens = GraphTokenizer.read(file).tokenize(tf, prompts.around(tf, texts, names), LENGTH);
    var all = new ArrayList<>(List.of("", " ", "SEP]", "which city?"));
    for (var set : List.of("xquad_de", "xquad_ru", "xquad_vi", "xquad_zh", "cosqa")) {
      all.addAll(TokenizerTexts.ofSet(set, 40));
    }
    var known = List.copyOf(PROMPTS.queries().keySet());
    var chosen = IntStream.range(0, all.size())
        .mapToObj(i -> known.get(i % known.size()))
        .toList();
    try (var session = new Session(graph);
        var host = Tokenizer.load(file);
        var fedTexts = tensor(all);
        var fedNames = tensor(chosen);
        var result = session
            .runner()
            .feed(texts, fedTexts)
            .feed(names, fedNames)
            .fetch(tokens.ids())
            .fetch(tokens.mask())
            .run()) {
      var ids = (TInt32) result.get(0);
      var mask = (TInt32) result.get(1);
      for (int row = 0; row < all.size(); row++) {
        int at = row;
        var actual = IntStream.range(0, (int) ids.shape().get(1))
            .filter(i -> mask.getInt(at, i) == 1)
            .map(i -> ids.getInt(at, i))
            .toArray();
        var prompt = PROMPTS.of(TextKind.QUERY, chosen.get(row));
        assertThat(actual)
            .as(chosen.get(row) + ": " + all.get(row))
            .isEqualTo(host.encode(prompt.apply(all.get(row)), LENGTH));
      }
    }
  }

  private List<String> around(List<String> batch, List<String> chosen) {
    return around(batch, chosen, ConfigProto.getDefaultInstance());
  }

  private List<String> around(List<String> batch, List<String> chosen, ConfigProto config) {
    var prompted = new GraphPrompts(PROMPTS, TextKind.QUERY).around(tf, texts, names);
    try (var session = new Session(graph, config);
        var fedTexts = tensor(batch);
        var fedNames = tensor(chosen);
        var result = session
            .runner()
            .feed(texts, fedTexts)
            .feed(names, fedNames)
            .fetch(prompted)
            .run()) {
      var strings = new ArrayList<String>();
      ((TString) result.get(0)).scalars().forEach(text -> strings.add(text.getObject()));
      return strings;
    }
  }

  @Test
  void anEmptyBatchHasNoTexts() {
    assertThat(around(List.of(), List.of())).isEmpty();
  }

  @Test
  void anUnknownNameIsRefusedWithThoseThereAre() {
    assertThatThrownBy(() -> around(List.of("a", "b", "c"), List.of("trivia", "Köln", "")))
        .isInstanceOf(TFInvalidArgumentException.class)
        .hasMessageContaining(
            "there is no prompt Köln of queries; there are [around, joined, trivia, 東京]");
  }

  /** TensorFlow's option to strip operations that are for debugging leaves assertions out. */
  @Test
  void anUnknownNameIsRefusedWithoutAssertions() {
    var config = ConfigProto.newBuilder();
    config
        .getGraphOptionsBuilder()
        .getRewriteOptionsBuilder()
        .setDebugStripper(RewriterConfig.Toggle.ON)
        .setMinGraphNodes(-1);
    assertThat(around(List.of("a"), List.of("around"), config.build())).containsExactly("« a » ?");
    assertThatThrownBy(() -> around(List.of("a"), List.of("quiz"), config.build()))
        .isInstanceOf(TFInvalidArgumentException.class);
  }

  @Test
  void ofALongNameTheBeginningIsShown() {
    assertThatThrownBy(() -> around(List.of("a"), List.of("x".repeat(10_000))))
        .isInstanceOf(TFInvalidArgumentException.class)
        .hasMessageContaining("no prompt " + "x".repeat(100) + " of queries");
  }

  @Test
  void namesAreOfAsManyTexts() {
    assertThatThrownBy(() -> around(List.of("a", "b"), List.of("trivia")))
        .isInstanceOf(TFInvalidArgumentException.class);
  }
}
