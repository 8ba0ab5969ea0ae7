package org.tdro.search.lucene;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MultilingualAnalyzerTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "The wings of two Swept-back bodies | wing two swept back body",
        "snake_case(camelCase, x2) | snake case camelcase x2",
        "ＡＢＣ１２ ﬁn | abc12 fin",
        "Türen İstanbul | türen istanbul",
        "黑豹队的防守 | 黑豹 豹队 队的 的防 防守",
        "東京タワーは3月 | 東京 京タ タワ ワー ーは 3 月",
        "블루 팬서 | 블루 팬서",
        "ภาษาไทย abc | ภา าษ ษา าไ ไท ทย abc",
        "नमस्ते दुनिया | नमस्ते दुनिया",
        "𠮷野家x | 𠮷野 野家 x",
        "猫 | 猫"
      })
  void wordsOfManyScripts(String text, String words) {
    try (var analyzer = new MultilingualAnalyzer()) {
      assertThat(analyzer.counts(text).keySet()).containsExactly(words.split(" ", -1));
    }
  }

  @ParameterizedTest
  @CsvSource(value = {"' . : ( '", "'the of and'", "''"})
  void textsWithoutWords(String text) {
    try (var analyzer = new MultilingualAnalyzer()) {
      assertThat(analyzer.counts(text)).isEqualTo(Map.of());
    }
  }
}
