package org.tdro.export.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.testing.Shared;
import org.tdro.text.InexpressibleTokenizerException;
import org.tdro.text.PromptTemplate;

/** Ids of graphs against those of the tokenizers library, of two published vocabularies. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GraphWordPieceTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int LENGTH = 64;
  private static final int BATCH = 128;
  /** The end of plane 2. */
  private static final int LAST_LETTER = 0x2ffff;

  private static final String ALL = "tdro.tests.everyCodePoint";

  @TempDir
  Path folder;

  private final List<TokenizerPair> pairs = new ArrayList<>();

  @BeforeAll
  void open() throws Exception {
    for (var name : List.of("all-minilm-l6-v2", "bge-small-zh-v1.5")) {
      pairs.add(TokenizerPair.published(name, PromptTemplate.IDENTITY, LENGTH));
    }
  }

  @AfterAll
  void close() {
    pairs.forEach(TokenizerPair::close);
  }

  private List<TokenizerPair> pairs() {
    return pairs;
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("pairs")
  void textsOfManyLanguages(TokenizerPair pair) throws IOException {
    for (var set : List.of(
        "xquad_ar",
        "xquad_de",
        "xquad_en",
        "xquad_es",
        "xquad_hi",
        "xquad_ru",
        "xquad_vi",
        "xquad_zh",
        "drcd_test",
        "jsquad",
        "poetry_test",
        "tatoeba",
        "squad_it",
        "cosqa",
        "tldr_cmd_test",
        "npl")) {
      var texts = TokenizerTexts.ofSet(set, 2 * BATCH);
      pair.assertSame(texts.subList(0, texts.size() / 2));
      pair.assertSame(texts.subList(texts.size() / 2, texts.size()));
    }
  }

  /**
   * Planes 3 to 16 have neither case nor decomposition; they are tried with the property {@value #ALL}, as before a release.
   */
  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("pairs")
  void everyCodePoint(TokenizerPair pair) {
    boolean all = Boolean.getBoolean(ALL);
    int count = codePoints(pair, all ? Character.MAX_CODE_POINT : LAST_LETTER);
    assertThat(count).isEqualTo(all ? 1_112_064 : LAST_LETTER + 1 - 2048);
  }

  /** Compares the code points up to one, each in a word and, where there are letters, twice by itself; returns their number. */
  private static int codePoints(TokenizerPair pair, int last) {
    var texts = new ArrayList<String>();
    var text = new StringBuilder();
    int count = 0;
    for (int codePoint = 0; codePoint <= last; codePoint++) {
      if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
        continue;
      }
      var character = Character.toString(codePoint);
      text.append("a").append(character).append("b ");
      if (codePoint <= LAST_LETTER) {
        text.append(character).append(character).append(" ");
      }
      count++;
      // As many as surely fit.
      if (count % (codePoint <= LAST_LETTER ? 5 : 20) == 0 || codePoint == last) {
        texts.add(text.toString());
        text.setLength(0);
      }
      if (texts.size() == 1024 || codePoint == last) {
        assertThat(pair.assertSame(texts)).isLessThan(LENGTH);
        texts.clear();
      }
    }
    return count;
  }

  /** Of which the graph leaves out what the maximum length cuts off. */
  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("pairs")
  void longTexts(TokenizerPair pair) {
    var words = new StringBuilder();
    for (int length = 95; length < 110; length++) {
      words.append("x".repeat(length)).append(length % 3 == 0 ? " " : "!");
    }
    pair.assertSame(List.of(
        words.toString(),
        words.toString().repeat(20),
        "unaffable ".repeat(1_000),
        "x".repeat(20_000) + " and more",
        "!".repeat(LENGTH - 3),
        "!".repeat(LENGTH - 2),
        "!".repeat(LENGTH - 1),
        "!".repeat(LENGTH),
        "!".repeat(LENGTH + 1),
        "word " + " ".repeat(20_000) + "another",
        "[SEP]".repeat(100),
        "short"));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("pairs")
  void textsThatAreUnlikely(TokenizerPair pair) {
    pair.assertSame(List.of(
        "",
        " ",
        "\t\n\r\u000b\u0085\u00a0\u2003\u3000",
        "\u0000\u200b\u200d\ufeff\ufffd",
        "x".repeat(100),
        "x".repeat(101),
        "unaffable".repeat(12),
        "é".repeat(100) + " e\u0301".repeat(3),
        "[SEP][CLS] [MASK]text[PAD][unk][ SEP ] [[SEP]]",
        "[S\u200bEP] [SEP\u0301] ##ing ## # [unused1] \udbc0\udc00 \udbff\udff0",
        "!!a!?b...",
        "東京は日本の首都です。한국어 \u1112\u1161\u11ab",
        "\u0627\u0644\u0639\u064e\u0631\u0628 \u202eRTL\u202c",
        "\ud83d\udc69\u200d\ud83d\udcbb\ufe0f \ud834\udd5e\ud834\udd65",
        "İstanbul ΌΣΣΟΣ ẞ ǅ ﬁ K Å",
        "word ".repeat(500)));
    pair.assertSame(List.of(""));
    pair.assertSame(List.of());
  }

  @Test
  void bytesThatAreNotUtf8AreReplaced() {
    for (var pair : pairs) {
      pair.assertIds(
          new byte[] {'a', (byte) 0xff, 'b', ' ', (byte) 0xe6, (byte) 0x9d, ' ', 'c'},
          "a\ufffdb \ufffd c");
    }
  }

  @Test
  void promptsAndLengths() throws Exception {
    var lengths = Map.of(
        "{text}",
        2,
        "passage: {text}",
        3,
        "a query: {text}",
        5,
        "<{text}[SEP]>",
        16,
        "[S{text}]",
        9);
    for (var prompt : lengths.entrySet()) {
      try (var pair = TokenizerPair.published(
          "all-minilm-l6-v2", new PromptTemplate(prompt.getKey()), prompt.getValue())) {
        pair.assertSame(List.of("", "EP", "some words", "unaffable " + "words ".repeat(20)));
      }
    }
  }

  private Path changed(Consumer<ObjectNode> change) throws IOException {
    var json = (ObjectNode)
        JSON.readTree(Shared.path("models/all-minilm-l6-v2/tokenizer.json").toFile());
    change.accept(json);
    return Files.writeString(folder.resolve("tokenizer.json"), json.toString());
  }

  private static void flags(ObjectNode json, String flags) {
    var normalizer = (ObjectNode) json.get("normalizer");
    normalizer.put("clean_text", flags.contains("clean"));
    normalizer.put("handle_chinese_chars", flags.contains("chinese"));
    normalizer.put("strip_accents", flags.contains("strip"));
    normalizer.put("lowercase", flags.contains("lower"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lower", "chinese strip"})
  void flagsOfTheNormalizer(String flags) throws Exception {
    var file = changed(json -> flags(json, flags));
    try (var pair = new TokenizerPair(file, PromptTemplate.IDENTITY, LENGTH)) {
      pair.assertSame(List.of(
          "İstanbul ÉCOLE e\u0301cole ẞ \ufffd\ufffd\u0000 東京 x\ufffdy [SEP]Ab\u200bc",
          "한국어 \u0915\u093c \ud834\udd5e \u1f82 \u00c5ngstro\u0308m"));
    }
  }

  private static JsonNode token(String fields) {
    try {
      return JSON.readTree("{\"special\": true, \"id\": 7, " + fields + "}");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void assertRefused(Consumer<ObjectNode> change, String reason) throws IOException {
    var file = changed(change);
    assertThatThrownBy(() -> GraphTokenizer.read(file))
        .isInstanceOf(InexpressibleTokenizerException.class)
        .hasMessage(reason);
  }

  private static void add(ObjectNode json, String fields) {
    json.withArray("added_tokens").add(token(fields));
  }

  @Test
  void whatCannotBeExactIsRefused() throws IOException {
    assertRefused(
        json -> json.putObject("normalizer").put("type", "NFKC"),
        "has normalizer NFKC, not BertNormalizer");
    assertRefused(json -> json.putNull("post_processor"), "puts no special token around a text");
    assertRefused(
        json -> add(json, "\"content\": \"tdro\", \"normalized\": true"),
        "finds the added token tdro in normalised texts");
    assertRefused(
        json -> add(json, "\"content\": \"tdro\", \"normalized\": false, \"single_word\": true"),
        "finds the added token tdro as a word only");
    assertRefused(
        json -> add(json, "\"content\": \"][\", \"normalized\": false"),
        "has added tokens that overlap, [PAD] and ][");
    assertRefused(
        json -> add(json, "\"content\": \"abca\", \"normalized\": false"),
        "has an added token that overlaps itself, abca");
    assertRefused(
        json -> ((ObjectNode) json.at("/model/vocab")).put("\ud834\udd65", 8).put("\u302e", 9),
        "reorders the marks U+302E and U+1D165 of its vocabulary");
  }
}
