package org.tdro.export.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tdro.text.InexpressibleTokenizerException;
import org.tdro.text.PromptTemplate;

/** Ids of graphs against those of the tokenizers library, of byte-level vocabularies with the published ways to find words. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GraphBytePairTest {
  private static final int LENGTH = 64;
  private static final int VOCABULARY = 4000;
  private static final String LETTERS = "aeinorst北平中国のスᄒ";

  /** The end of plane 2. */
  private static final int LAST_LETTER = 0x2ffff;

  private static final String ALL = "tdro.tests.everyCodePoint";

  /** Text to learn from, so that tests need no files. */
  private static final List<String> SENTENCES = List.of(
      "The connection to the npm registry: check the connection, doctor! It's what we've said, they'll see.",
      "Überprüft die Verbindung zur Registrierung; 北平下城池，北平下棋。北平是中国的首都",
      "アーサー・バルフォアはスコットランドのスコットランド州ではありません。",
      "생체 인식 작업 지원을 받습니다. 생체 인식 데몬 시작",
      "كم عرقلة سجل لوك كوتشلي؟ كم عرقلة في ٢٠١٦",
      "तुम्हारा नाम क्या है? यह एक वाक्य है।",
      "Trong năm 2016, tiếng Việt có nhiều dấu; 1234567 89 0",
      "  indented\n\n\tlines = [1, 2, 3]; // code\r\n    return x;\n");

  @TempDir
  static Path folder;

  private final Map<BytePairFiles.Kind, TokenizerPair> pairs =
      new EnumMap<>(BytePairFiles.Kind.class);

  @BeforeAll
  void open() throws Exception {
    for (var kind : BytePairFiles.Kind.values()) {
      var file = BytePairFiles.write(
          folder.resolve(kind + ".json"), kind, SENTENCES, BytePairFiles.EVERY_MERGE);
      pairs.put(kind, new TokenizerPair(file, PromptTemplate.IDENTITY, LENGTH));
    }
  }

  @AfterAll
  void close() {
    pairs.values().forEach(TokenizerPair::close);
  }

  @ParameterizedTest
  @EnumSource
  void textsOfManyLanguages(BytePairFiles.Kind kind) throws Exception {
    var learned = new ArrayList<String>();
    for (var domain : List.of("acl", "drcd", "jaquad", "gesetze", "tldr_xling", "techdocs")) {
      learned.addAll(TokenizerTexts.ofFile("data/train/" + domain + ".jsonl.gz", "query", 2_000));
    }
    var file = BytePairFiles.write(folder.resolve("real.json"), kind, learned, VOCABULARY);
    try (var pair = new TokenizerPair(file, PromptTemplate.IDENTITY, 4 * LENGTH)) {
      for (var set : List.of(
          "xquad_ar",
          "xquad_de",
          "xquad_hi",
          "xquad_ru",
          "xquad_vi",
          "xquad_zh",
          "drcd_test",
          "jsquad",
          "tatoeba",
          "cosqa",
          "tldr_cmd_test",
          "npl")) {
        pair.assertSame(TokenizerTexts.ofSet(set, 64));
      }
    }
  }

  /** Every code point in a word, before a digit, after a blank and an apostrophe; planes 3 to 16 have no letters. */
  @ParameterizedTest
  @EnumSource(names = {"STARCODER", "BLOOM", "LLAMA3"})
  void everyCodePoint(BytePairFiles.Kind kind) {
    int last = Boolean.getBoolean(ALL) ? Character.MAX_CODE_POINT : LAST_LETTER;
    var texts = new ArrayList<String>();
    var text = new StringBuilder();
    for (int codePoint = 0; codePoint <= last; codePoint++) {
      if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
        continue;
      }
      var character = Character.toString(codePoint);
      text.append("a").append(character).append("1 ").append(character).append("'");
      text.append(character).append("\n");
      if (codePoint % 3 == 0 || codePoint == last) {
        texts.add(text.toString());
        text.setLength(0);
      }
      if (texts.size() == 2048 || codePoint == last) {
        assertThat(pairs.get(kind).assertSame(texts)).isLessThan(LENGTH);
        texts.clear();
      }
    }
  }

  /** White space, and what might be taken for it, on both sides of a token that takes it. */
  @Test
  void everyWhiteSpaceBesideAToken() {
    pairs
        .get(BytePairFiles.Kind.BLANKS)
        .assertSame(IntStream.range(0, Character.MIN_SURROGATE)
            .filter(codePoint -> Character.isSpaceChar(codePoint)
                || Character.isISOControl(codePoint)
                || Character.getType(codePoint) == Character.FORMAT)
            .mapToObj(Character::toString)
            .map(space -> "a" + space + space + "<mask>" + space + "b" + space + "<mask>")
            .toList());
  }

  @ParameterizedTest
  @EnumSource
  void textsThatAreUnlikely(BytePairFiles.Kind kind) {
    var pair = pairs.get(kind);
    pair.assertSame(List.of(
        "",
        " ",
        "  ",
        " \n",
        "\n ",
        "\t\n\r\u000b\u0085\u00a0\u2003\u3000",
        "\r\n \r\n  x \n\n y\n",
        "\u0000\u200b\u200d\ufeff\ufffd",
        "it's IT'S we'll WE'LL 'sail ''s '’s ' s !'s \u017f'\u017f",
        "1234567890 12 ３４ ² Ⅷ x1y22z333",
        "!!! !!!\n\n ...\r\nfoo",
        "<|endoftext|><|pad|> <|endoftext|>\n<|im_start|>user <|begin_of_text|>",
        "<|endoftext|",
        " <mask> a  <mask>\u3000<mask> \t\u0085\u00a0<mask>x<mask>, <mask>\n",
        "<|im_start|> \n a <|im_start|>  <mask>  b<|im_start|><|im_start|> \u2028<s> </s>  ",
        "a  1 23  x4 y\n5 '6 's7 ２ ² Ⅷ",
        "(a, (b) | c.  d !?  e…f。g ) h",
        "\u00a0x \u2002y<mask>\u00a0z",
        "<|\u200bendoftext|>",
        "\udbfc\udc00 \udbff\udffc\udbff\udffce \udbfc\udc01 \udbff\udffb\udbff\udffc",
        "a" + "\u0301\u0323".repeat(30),
        "İstanbul ΌΣΣΟΣ ẞ ǅ ﬁ K Å \u1112\u1161\u11ab",
        "\ud83d\udc69\u200d\ud83d\udcbb\ufe0f \ud834\udd5e\ud834\udd65",
        "thexq qqqq zqjx         x",
        "word ".repeat(500)));
    pair.assertSame(List.of(""));
    pair.assertSame(List.of());
  }

  /** Of which the graph leaves out what the maximum length cuts off, but no part of a word. */
  @ParameterizedTest
  @EnumSource
  void longTexts(BytePairFiles.Kind kind) {
    var random = new Random(1);
    var letters = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      letters.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    pairs
        .get(kind)
        .assertSame(List.of(
            "a".repeat(9_999),
            "ab".repeat(9_999),
            letters.toString(),
            "it's the registry, or 12 of them ".repeat(300),
            "a<|endoftext|>b ".repeat(LENGTH) + "(c) \n d ".repeat(300),
            "\ufdfa".repeat(1_000),
            "!".repeat(LENGTH - 2),
            "1 ".repeat(LENGTH),
            "word " + " ".repeat(20_000) + "another",
            "\n".repeat(20_000),
            "<|endoftext|>".repeat(100),
            "short"));
  }

  @ParameterizedTest
  @EnumSource
  void bytesThatAreNotUtf8AreReplaced(BytePairFiles.Kind kind) {
    pairs
        .get(kind)
        .assertIds(
            new byte[] {'a', (byte) 0xff, 'b', ' ', (byte) 0xe6, (byte) 0x9d, ' ', 'c'},
            "a\ufffdb \ufffd c");
  }

  @Test
  void promptsAndLengths() throws Exception {
    var file = folder.resolve(BytePairFiles.Kind.LLAMA3 + ".json");
    for (int length : new int[] {3, 4, 9, 16}) {
      for (var prompt : List.of("{text}", "query: {text}", "<{text}|end>", "<|endof{text}")) {
        try (var pair = new TokenizerPair(file, new PromptTemplate(prompt), length)) {
          pair.assertSame(List.of("", "text|>", "some words", "the registry ".repeat(20)));
          pair.assertSame(List.of("a", "the registry ".repeat(8_000), ""));
        }
      }
    }
  }

  /** The library counts the ids of tokens that are not in the vocabulary itself. */
  @Test
  void idsOfAddedTokensAreNotThoseOfTheFile() throws Exception {
    var file = BytePairFiles.write(
        folder.resolve("ids.json"), BytePairFiles.Kind.QWEN2, List.of("a text"), 259);
    BytePairFiles.change(file, json -> {
      ((ObjectNode) json.at("/added_tokens/0")).put("id", 7);
      ((ObjectNode) json.at("/added_tokens/2")).put("id", 1000);
    });
    try (var pair = new TokenizerPair(file, PromptTemplate.IDENTITY, LENGTH)) {
      pair.assertSame(List.of("<|pad|> a <|im_start|> text<|im_end|>"));
    }
  }

  @Test
  void aPairThatIsMergedBeforeItsPartsIsRefused() throws Exception {
    assertRefused(
        json -> {
          var model = (ObjectNode) json.get("model");
          ((ObjectNode) model.get("vocab")).put("cc", 300).put("cccc", 301);
          model.putArray("merges").add("cc cc").add("c c");
        },
        "merges cc and cc before it makes them");
  }

  private void assertRefused(Consumer<ObjectNode> change, String reason) throws IOException {
    var file = BytePairFiles.write(
        folder.resolve("refused.json"), BytePairFiles.Kind.QWEN2, List.of("a text"), 259);
    BytePairFiles.change(file, change);
    assertThatThrownBy(() -> GraphTokenizer.read(file))
        .isInstanceOf(InexpressibleTokenizerException.class)
        .hasMessageStartingWith(reason);
  }

  @Test
  void whatCannotBeExactIsRefused() throws IOException {
    assertRefused(
        json -> ((ObjectNode) json.get("model")).put("type", "Unigram"),
        "has model Unigram, not WordPiece or BPE");
    assertRefused(
        json -> ((ObjectNode) json.get("model")).put("dropout", 0.1), "has model.dropout 0.1");
    assertRefused(
        json -> ((ObjectNode) json.get("model")).put("end_of_word_suffix", "</w>"),
        "has model.end_of_word_suffix \"</w>\"");
    assertRefused(
        json -> ((ObjectNode) json.get("model")).put("byte_fallback", true),
        "has model.byte_fallback");
    assertRefused(
        json -> ((ObjectNode) json.at("/model/vocab")).remove("Ġ"), "has no token of the byte 32");
    assertRefused(
        json -> json.putObject("pre_tokenizer").put("type", "Metaspace"),
        "has pre_tokenizer [Metaspace], not ByteLevel, alone or after Split or Digits");
    assertRefused(
        json ->
            ((ObjectNode) json.at("/pre_tokenizer/pretokenizers/1")).put("add_prefix_space", true),
        "puts a blank before each part of a text");
    assertRefused(
        json ->
            ((ObjectNode) json.at("/pre_tokenizer/pretokenizers/0/pattern")).put("Regex", "\\w+"),
        "splits texts otherwise than GPT-2, StarCoder, Llama 3, Qwen 2 and BLOOM");
    for (var token : List.of("im ", "im\u00a0", "\u2007im", "\u202fim", "im\u0085", "im\u3000")) {
      assertRefused(
          json -> {
            ((ObjectNode) json.at("/added_tokens/0")).put("lstrip", true);
            ((ObjectNode) json.at("/added_tokens/2")).put("content", token);
          },
          "removes the blanks beside the added token <|pad|>, and has one of blanks, \"%s\""
              .formatted(token));
    }
    assertRefused(
        json -> ((ObjectNode) json.at("/added_tokens/0")).put("single_word", true),
        "finds the added token <|pad|> as a word only");
    assertRefused(
        json -> ((ObjectNode) json.at("/added_tokens/0")).put("normalized", true),
        "finds the added token <|pad|> in normalised texts");
    assertRefused(
        json -> ((ArrayNode) json.get("added_tokens"))
            .addObject()
            .put("content", "|im")
            .put("id", 7),
        "finds the added token |im in normalised texts");
  }
}
