package org.tdro.export.tokenizer;

import static org.tdro.export.tokenizer.TokenizerTexts.codePoints;

import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Texts that graphs normalise against those of the tokenizers library, of any code points. */
class GraphNormalizerPropertiesTest {
  /** All that have a combining class in Java's Unicode, and those around. */
  private static final Integer[] MARKS = IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
      .filter(codePoint -> Character.getType(codePoint) == Character.NON_SPACING_MARK)
      .boxed()
      .toArray(Integer[]::new);

  private static NormalizerPair composed;
  private static NormalizerPair compatible;
  private static NormalizerPair decomposed;

  @BeforeContainer
  static void open() throws Exception {
    composed = new NormalizerPair(NormalizerPair.NFC);
    compatible = new NormalizerPair(NormalizerPair.NFKC_AND_LOWERCASE);
    decomposed = new NormalizerPair(NormalizerPair.NFD);
  }

  @AfterContainer
  static void close() {
    composed.close();
    compatible.close();
    decomposed.close();
  }

  /** Batches of texts: letters and marks that are composed, in any order, between any code points, single surrogates too. */
  @Provide
  Arbitrary<List<String>> batches() {
    var piece = Arbitraries.frequencyOf(
        Tuple.of(
            6,
            Arbitraries.of(
                "a", "E", "o", "u", "α", "Ω", "\u0300", "\u0301", "\u0302", "\u0304", "\u0306",
                "\u0308", "\u0313", "\u031b", "\u0323", "\u0327", "\u0331", "\u0334", "\u0338",
                "\u0342", "\u0345", "\u3099", "か")),
        Tuple.of(3, Arbitraries.of(MARKS).map(Character::toString)),
        Tuple.of(
            2,
            Arbitraries.of(
                "\u1100", "\u1112", "\u1161", "\u1175", "\u11a7", "\u11a8", "\u11c2", "\u1176",
                "\uac00", "\uac01", "\uac1c", "\ud788", "\ud7a3")),
        Tuple.of(
            2,
            Arbitraries.of(
                "\u09c7",
                "\u09be",
                "\u09d7",
                "\u0bc6",
                "\u0bbe",
                "\u0cc6",
                "\u0cc2",
                "\u0cd5",
                "\u0d46",
                "\u0d3e",
                "\u0dd9",
                "\u0dcf",
                "\u0dca",
                "\u0915",
                "\u093c",
                "\u0f71",
                "\u0f72",
                "\u0f73",
                "\u1025",
                "\u102e",
                "\ud804\udd31",
                "\ud804\udd27",
                "\ud804\udf47",
                "\ud804\udf3e")),
        Tuple.of(1, codePoints(0, Character.MAX_CODE_POINT)),
        Tuple.of(2, codePoints(0xc0, 0x3400)),
        Tuple.of(1, codePoints(0xac00, 0xd7a3)),
        Tuple.of(1, codePoints(0xf900, 0xffef)),
        Tuple.of(1, codePoints(0x1d100, 0x1d7ff)),
        Tuple.of(1, codePoints(0xd800, 0xdfff)),
        Tuple.of(1, codePoints(0x10f001, 0x10ffff)),
        Tuple.of(1, Arbitraries.of(" ", "word ", "東京")));
    return piece
        .list()
        .ofMaxSize(40)
        .map(pieces -> String.join("", pieces))
        .list()
        .ofMaxSize(6);
  }

  @Property(tries = 1_000)
  void composed(@ForAll("batches") List<String> batch) {
    composed.assertSame(batch);
  }

  @Property(tries = 1_000)
  void compatible(@ForAll("batches") List<String> batch) {
    compatible.assertSame(batch);
  }

  @Property(tries = 500)
  void decomposed(@ForAll("batches") List<String> batch) {
    decomposed.assertSame(batch);
  }
}
