package org.tdro.export.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.text.InexpressibleTokenizerException;
import org.tdro.text.NormalizerTables;

/** Texts that graphs normalise against those of the tokenizers library. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GraphNormalizerTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int BATCH = 128;
  private static final int LONG = 64_000;
  /** The end of plane 2. */
  private static final int LAST_LETTER = 0x2ffff;
  /** Of the code points beyond, one of so many is taken. */
  private static final int SAMPLE = 61;

  private static final String ALL = "tdro.tests.everyCodePoint";

  private final List<NormalizerPair> pairs = new ArrayList<>();

  @BeforeAll
  void open() throws Exception {
    for (var normalizer :
        List.of(NormalizerPair.NFC, NormalizerPair.NFKC_AND_LOWERCASE, NormalizerPair.NFD)) {
      pairs.add(new NormalizerPair(normalizer));
    }
  }

  @AfterAll
  void close() {
    pairs.forEach(NormalizerPair::close);
  }

  private List<NormalizerPair> pairs() {
    return pairs;
  }

  /** The property {@value #ALL} takes those of planes 3 to 16, too. */
  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("pairs")
  void everyCodePoint(NormalizerPair pair) {
    var texts = new ArrayList<String>();
    var text = new StringBuilder();
    for (int codePoint = 0;
        codePoint <= Character.MAX_CODE_POINT;
        codePoint += codePoint < LAST_LETTER || Boolean.getBoolean(ALL) ? 1 : SAMPLE) {
      if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
        continue;
      }
      if (codePoint == NormalizerPair.SEPARATOR) {
        continue;
      }
      text.append('a').appendCodePoint(codePoint).append('b');
      if (codePoint <= LAST_LETTER) {
        text.appendCodePoint(codePoint).append("\u0301\u0323");
      }
      if (text.length() > 2_000) {
        texts.add(text.toString());
        text.setLength(0);
      }
    }
    texts.add(text.toString());
    pair.assertSame(texts);
  }

  /** Whatever is the first code point of some pair before whatever is the second of some. */
  @Test
  void everyPair() {
    var pair = pairs.get(0);
    var known = pair.tables().steps().get(0).pairs().numbers();
    var isPair = LongStream.of(known).filter(number -> number != Long.MAX_VALUE);
    var numbers = isPair.boxed().toList();
    var seconds = numbers.stream()
        .map(number -> Character.toString((int) (number % NormalizerTables.RADIX)))
        .distinct()
        .toList();
    assertThat(seconds).hasSizeGreaterThan(100);
    pair.assertSame(numbers.stream()
        .map(number -> Character.toString((int) (number / NormalizerTables.RADIX)))
        .distinct()
        .map(first -> seconds.stream().map(first::concat).collect(Collectors.joining()))
        .toList());
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("pairs")
  void textsOfManyLanguages(NormalizerPair pair) throws IOException {
    for (var set : List.of(
        "xquad_ar",
        "xquad_de",
        "xquad_en",
        "xquad_hi",
        "xquad_ru",
        "xquad_vi",
        "xquad_zh",
        "drcd_test",
        "jsquad",
        "poetry_test",
        "tatoeba",
        "cosqa")) {
      var texts = new ArrayList<String>();
      for (var text : TokenizerTexts.ofSet(set, BATCH / 2)) {
        texts.add(text);
        texts.add(Normalizer.normalize(text, Normalizer.Form.NFD));
      }
      pair.assertSame(texts);
    }
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("pairs")
  void textsThatAreUnlikely(NormalizerPair pair) {
    var unlikely = List.of(
        "",
        "\u0000\n\ufffd\ufeff\uffff",
        "\u0301",
        "\u0345\u0301\u0300a\u0301",
        "\u1161\u11a8 \u1100\u1161\u11a7 \u1100\u1161\u1161 \uac00\u11a8\u11a8 \uac01\u11a8",
        "\u1112\u1161\u11ab\u1100\u1173\u11af \u1100\u0301\u1161",
        "\u0dd9\u0dcf\u0dca \u0dd9\u0dca\u0dcf \u0cc6\u0cc2\u0cd5 \u0bc6\u0bbe \u0bc6\u0301\u0bbe",
        "\u03b1\u0313\u0300\u0345 \u03b1\u0345\u0300\u0313 \u1f80\u0300 \u1f00\u0345\u0300",
        "a\u0316\u0327\u0301\u0323\u0302 e\u0302\u0323 o\u031b\u0323 u\u0308\u0304 \u01d5\u0323",
        "\u0344 \u0958 \u2126 \u212b \u2adc \ufb1d \ud834\udd5e\ud834\udd65 \ud834\udd58\ud834\udd65",
        "\ufdfa \ufb03 \u3300 \u33ff \u2460 \uff76\uff9e \u30ab\u3099 \u30ab\u0301\u3099 ½ ª ™",
        "İSTANBUL ΌΣΣΟΣ ẞ ǅ K Å \u0130\u0323",
        "한국어 Tiếng Việt हिन्दी क\u093c বো தமிழ் ಕೊ");
    pair.assertSame(unlikely);
    pair.assertSame(List.of(""));
    pair.assertSame(List.of());
    unlikely.forEach(text -> pair.assertSame(List.of(text)));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("pairs")
  void longRuns(NormalizerPair pair) {
    pair.assertSame(List.of(
        "a" + "\u0301\u0323\u0334".repeat(LONG / 3),
        "\u0301".repeat(LONG),
        "\u1161".repeat(LONG),
        "\u1112\u1161\u11ab".repeat(LONG / 3),
        "\ufdfa".repeat(LONG / 18),
        "x"));
  }

  @Test
  void sequencesOfSequences() throws Exception {
    try (var pair = new NormalizerPair("""
        {"type": "Sequence", "normalizers": [{"type": "Lowercase"},
          {"type": "Sequence", "normalizers": [{"type": "NFKD"}, {"type": "Sequence", "normalizers": []}]}]}""")) {
      pair.assertSame(List.of("İ ẞ ﬁ Å \uac01 e\u0302\u0323", "", "\u0301 plain"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "{\"type\": \"Sequence\", \"normalizers\": []}"})
  void noNormalizerLeavesTextsAsTheyAre(String normalizer) throws Exception {
    try (var pair = new NormalizerPair(normalizer)) {
      pair.assertSame(List.of("İ ﬁ e\u0302\u0323", ""));
    }
    assertThat(NormalizerTables.of(JSON.readTree("{}").path("normalizer")).steps())
        .isEmpty();
  }

  @Test
  void otherTypesAreRefused() {
    assertThatThrownBy(() -> NormalizerTables.of(JSON.readTree(
            "{\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"StripAccents\"}]}")))
        .isInstanceOf(InexpressibleTokenizerException.class)
        .hasMessage(
            "has normalizer StripAccents, not NFC, NFD, NFKC, NFKD, Lowercase or a Sequence of them");
  }
}
