package org.tdro.rows.duplicates;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormalTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = true,
      value = {
        "Who wrote Faust?            | who wrote faust",
        "'  who -- wrote\t\"Faust\" ' | who wrote faust",
        "Ｗｈｏ　ｗｒｏｔｅ　Ｆａｕｓｔ？      | who wrote faust",
        "ﬁne №7 ½                    | fine no7 1⁄2",
        "C++ vs C#                   | c++ vs c",
        "don’t                       | don t",
        "naïve NAI\u0308VE           | naïve naïve",
        "co\u00adoperate\ufeff       | cooperate",
        "ΟΔΌΣ, οδός.                 | οδόσ οδόσ",
        "喀喇汗國為何也被稱為「伊利克汗朝」？   | 喀喇汗國為何也被稱為 伊利克汗朝",
        "ﾃﾞｰﾀ、データ                    | データ データ",
        "한국어 \u1112\u1161\u11ab     | 한국어 한",
        "पैंथर्स डिफ़ेंस।              | पैंथर्स डिफ़ेंस",
        "?!                          | ?!",
      })
  void isWritten(String text, String normal) {
    assertThat(NormalText.of(text).value())
        .isEqualTo(Normalizer.normalize(normal, Normalizer.Form.NFKC));
  }

  @Test
  void marksOfOtherMeaningStay() {
    assertThat(NormalText.of("は")).isNotEqualTo(NormalText.of("ば"));
    assertThat(NormalText.of("??")).isNotEqualTo(NormalText.of("!!"));
    assertThat(NormalText.of("C")).isNotEqualTo(NormalText.of("C++"));
  }

  @Property(tries = 500)
  void doneTwiceIsDoneOnce(@ForAll String text) {
    var once = NormalText.of(text);
    assertThat(NormalText.of(once.value())).isEqualTo(once);
  }

  @Property(tries = 200)
  void caseMakesNoDifferenceInAscii(@ForAll @CharRange(from = ' ', to = '~') String text) {
    assertThat(NormalText.of(text.toUpperCase(Locale.ROOT)))
        .isEqualTo(NormalText.of(text.toLowerCase(Locale.ROOT)));
  }
}
