package org.tdro.export.tokenizer;

import static org.tdro.export.tokenizer.TokenizerTexts.codePoints;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.tdro.text.PromptTemplate;

/** Ids of graphs against those of the tokenizers library, of texts of any code points. */
class GraphWordPiecePropertiesTest {
  private static final int LENGTH = 24;

  private static TokenizerPair english;
  private static TokenizerPair chinese;

  @BeforeContainer
  static void open() throws Exception {
    english = pair("all-minilm-l6-v2");
    chinese = pair("bge-small-zh-v1.5");
  }

  private static TokenizerPair pair(String name) throws Exception {
    return TokenizerPair.published(name, PromptTemplate.IDENTITY, LENGTH);
  }

  @AfterContainer
  static void close() {
    english.close();
    chinese.close();
  }

  /** Batches of texts: pieces that tokenizers care about between any code points, single surrogates too. */
  @Provide
  Arbitrary<List<String>> batches() {
    var piece = Arbitraries.frequencyOf(
        Tuple.of(
            4,
            Arbitraries.of(
                "a", "un", "aff", "able", "ING", "##", "ß", "é", "[SEP]", "[", "SEP]", "[MASK]",
                " ", "\n", "!", "中", "한")),
        Tuple.of(2, codePoints(0, Character.MAX_CODE_POINT)),
        Tuple.of(2, codePoints(0, 0x3000)),
        // Combining, joiners, directions, surrogates, private use and what stands for special
        // tokens.
        Tuple.of(1, codePoints(0x300, 0x36f)),
        Tuple.of(1, codePoints(0x200b, 0x202e)),
        Tuple.of(1, codePoints(0x900, 0xe00)),
        Tuple.of(1, codePoints(0xd800, 0xdfff)),
        Tuple.of(1, codePoints(0x10f000, 0x10f010)),
        Tuple.of(1, Arbitraries.integers().between(90, 110).map("x"::repeat)));
    return piece
        .list()
        .ofMaxSize(40)
        .map(pieces -> String.join("", pieces))
        .list()
        .ofMaxSize(6);
  }

  @Property(tries = 200)
  void english(@ForAll("batches") List<String> batch) {
    english.assertSame(batch);
  }

  @Property(tries = 200)
  void chinese(@ForAll("batches") List<String> batch) {
    chinese.assertSame(batch);
  }
}
