package org.tdro.experiments.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunFilterTest {
  private static final Set<String> NAMES = Set.of(
      "model.kind",
      "model.path",
      "dro.step-size",
      "eval.ndcg_cut_10",
      "train.note",
      "train.emoji",
      "my name");
  private static final LedgerRun RUN = new LedgerRun(
      Path.of("run"),
      List.of(
          fact("model.kind", "static"),
          fact("dro.step-size", "0.02"),
          fact("eval.ndcg_cut_10", "0.4321"),
          fact("train.note", "a (b), 100%"),
          fact("train.emoji", "a\uD83D\uDE00"),
          fact("my name", "and")));

  private static Fact fact(String name, String value) {
    return new Fact(Fact.Kind.CONFIG, name, value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.kind = static and eval.ndcg_cut_10 > 0.4",
        "model.kind=static AND eval.ndcg_cut_10>.4",
        "dro.step-size = 2e-2",
        "dro.step-size == 0.020 and dro.step-size != 0.03",
        "dro.step-size in (0.01, 0.02)",
        "model.kind not in (mini, checkpoint)",
        "not (model.kind = mini or eval.ndcg_cut_10 <= 0.4321 and model.kind <> static)",
        "model.kind = mini and model.kind = static or model.kind = static",
        "not model.kind = mini and not not model.kind = static",
        "model.kind ~ ^st and model.kind !~ ^at",
        "train.note ~ '[(]b[)]'",
        "train.note like 'a (b), 1%\\%' or train.note like 'a _b_, 100_'",
        "train.note not like 'a'",
        "train.emoji like '%\uD83D\uDE00' and train.emoji like '__'",
        "train.note = \"a (b), 100%\"",
        "model.kind exists and model.path not exists and not model.path exists",
        "`my name` = 'and'",
        "eval.ndcg_cut_10 >= 0.4321 and eval.ndcg_cut_10 < 0.5",
        "model.kind > staid"
      })
  void passes(String text) {
    assertThat(RunFilter.parse(text, NAMES).test(RUN)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.kind = mini",
        "eval.ndcg_cut_10 > 0.4321",
        "model.path != x",
        "model.path not in (x)",
        "model.path !~ x",
        "model.path not like x",
        "model.kind > 5",
        "eval.ndcg_cut_10 > static",
        "model.kind like sta",
        "model.path exists"
      })
  void doesNotPass(String text) {
    assertThat(RunFilter.parse(text, NAMES).test(RUN)).isFalse();
  }

  @Test
  void depthIsLimitedAndLengthIsNot() {
    var condition = "model.kind = static";
    for (var deep : List.of("(".repeat(5000) + condition, "not ".repeat(5000) + condition)) {
      assertThatThrownBy(() -> RunFilter.parse(deep, NAMES))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'not' and '(' are nested more than 200 deep");
    }
    for (var word : List.of(" or ", " and ")) {
      var long_ = String.join(word, Collections.nCopies(20_000, condition));
      assertThat(RunFilter.parse(long_, NAMES).test(RUN)).isTrue();
    }
    var values = String.join(", ", Collections.nCopies(20_000, "mini"));
    assertThat(RunFilter.parse("model.kind in (%s)".formatted(values), NAMES).test(RUN))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "model.kin = static | 1 | no run has 'model.kin'; did you mean model.kind?",
        "model.kind = static and step-size > 1 | 25 | no run has 'step-size'; did you mean dro.step-size?",
        "model.kind = | 13 | expected a value, found the end",
        "model.kind static | 12 | expected a comparison after 'model.kind' (= != < <= > >= ~ like in exists), found 'static'",
        "(model.kind = a | 16 | expected ')', found the end",
        "model.kind = a b | 16 | expected 'and', 'or' or the end, found 'b'",
        "model.kind in (a b) | 18 | expected ')', found 'b'",
        "model.kind = 'a | 14 | the quote is not closed",
        "model.kind ~ '[' | 14 | not a regular expression: Unclosed character class",
        "model.kind = a and | 19 | expected the name of a key or a result, found the end",
        "model.kind not = a | 16 | expected 'in', 'like' or 'exists', found '='",
        "model.kind => a | 12 | expected a comparison after 'model.kind' (= != < <= > >= ~ like in exists), found '=>'"
      })
  void aMistakeIsNamedWithItsPlace(String text, int character, String problem) {
    assertThatThrownBy(() -> RunFilter.parse(text, NAMES))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("character %d: %s%n  %s%n  %s^"
            .formatted(character, problem, text, " ".repeat(character - 1)));
  }
}
