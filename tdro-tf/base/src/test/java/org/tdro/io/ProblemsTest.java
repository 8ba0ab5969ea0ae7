package org.tdro.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProblemsTest {
  private final Problems problems = new Problems();

  private static List<String> numbered(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "rows.jsonl:" + i + ": broken")
        .toList();
  }

  @Test
  void nothingIsThrownWhereNothingIsWrong() {
    assertThatCode(problems::throwIfAny).doesNotThrowAnyException();
  }

  @Test
  void allProblemsAreThrownTogether() {
    problems.add("a.tsv:1: has no id");
    problems.add("b.tsv:2: has no id");

    var failure = catchThrowableOfType(InputException.class, problems::throwIfAny);

    assertThat(failure.problems()).containsExactly("a.tsv:1: has no id", "b.tsv:2: has no id");
    assertThat(failure).hasMessage("a.tsv:1: has no id\nb.tsv:2: has no id");
  }

  @Test
  void whatIsNotShownIsCounted() {
    problems.addAll(numbered(Problems.SHOWN + 3));

    assertThat(problems.list()).hasSize(Problems.SHOWN + 1).endsWith("and 3 more");
  }

  @Test
  void aReaderThatGivesUpCountsNoFurther() {
    problems.fill(numbered(7));
    problems.fill(numbered(1000));

    assertThat(problems.isFull()).isTrue();
    assertThat(problems.list()).hasSize(Problems.SHOWN);
  }
}
