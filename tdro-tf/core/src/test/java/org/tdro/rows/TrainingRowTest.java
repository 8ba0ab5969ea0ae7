package org.tdro.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.testing.Shared;

class TrainingRowTest {
  private static final JsonNode TEVATRON =
      Json.object("{\"query\": \"a\", \"positive_passages\": []}", "f");

  private static TrainingRow parse(String line) {
    var form = RowForm.of(TEVATRON, RowOptions.RECOGNISE).orElseThrow();
    return new RowParser(form, Optional.empty())
        .parse(Json.value(line.replace('\'', '"'), "f:1"), "f:1");
  }

  @Test
  void everyWrongRowOfAFileSaysWhatIsThereAndWhatWasExpected() {
    var file = Shared.path("field/13-rows/bad.jsonl");
    var problems = new ArrayList<String>();
    try (var rows = RowSource.open(file)) {
      rows.chunks(100).next().forEach(row -> {
        try {
          row.parse();
        } catch (InputException e) {
          problems.addAll(e.problems());
        }
      });
    }
    var other = ", expected query and positive_passages";
    assertThat(problems)
        .usingElementComparator((problem, expected) -> problem.startsWith(expected) ? 0 : 1)
        .containsExactly(
            file + ":1: positive_passages[0] is a string, expected an object with text",
            file + ":1: negative_passages[0] is a string, expected an object with text",
            file + ":2: has the keys query_id, query, pos, neg" + other,
            file
                + ":3: has the keys query_id, query_text, positive_document_ids, negative_document_ids"
                + other,
            file + ":4: has no positive passage",
            file + ":5: query is missing or empty",
            file + ":6: query is a list, expected a string",
            file + ":7: positive_passages is an object, expected a list of objects with text",
            file + ":8: positive_passages[1] has no text",
            file + ":9: negative_passages[0] has no text",
            file + ":10: positive_passages[0] has a score that is not a number: \"0.9\"",
            file + ":11: positive_passages[0] has no text",
            file + ":12: positive_passages[0].text is a list, expected a string",
            file + ":13: query is an object, expected a string",
            file + ":14: malformed JSON at column 76: NaN is not a value in JSON",
            file + ":15: is a list, expected an object with query and positive_passages",
            file + ":16: malformed JSON at column",
            file + ":17: malformed JSON at column 40: the key 'query' is there twice");
  }

  @Test
  void eachTypeIsNamed() {
    assertThatThrownBy(
            () -> parse(
                "{'query_id': ['1'], 'query': 5, 'positive_passages': [7, null, {'docid': {}, 'title': true, 'text': 'a'}], 'negative_passages': 'b'}"))
        .hasMessage("""
            f:1: query_id is a list, expected a string or a number
            f:1: query is a number, expected a string
            f:1: positive_passages[0] is a number, expected an object with text
            f:1: positive_passages[1] is null, expected an object with text
            f:1: positive_passages[2].docid is an object, expected a string or a number
            f:1: positive_passages[2].title is true, expected a string
            f:1: negative_passages is a string, expected a list of objects with text""");
  }

  @Test
  void numbersAreIds() {
    var row =
        parse("{'query_id': 7, 'query': 'a', 'positive_passages': [{'docid': 8, 'text': 'b'}]}");
    assertThat(row.queryId()).isEqualTo("7");
    assertThat(row.positives()).containsExactly(new Passage("8", "", "b"));
  }

  @Test
  void textsMayBeOfAnyLength() {
    var text = "x".repeat(25_000_000);
    var row = parse("{'query_id': '7', 'query': 'a', 'positive_passages': [{'docid': '8', 'text': '"
        + text + "'}]}");
    assertThat(row.positives().get(0).text()).hasSize(text.length());
  }

  @Test
  void allProblemsOfALineComeTogether() {
    var thrown = catchThrowableOfType(
        InputException.class, () -> parse("{'positive_passages': [], 'negative_passages': {}}"));
    assertThat(thrown.problems())
        .isEqualTo(List.of(
            "f:1: query is missing or empty",
            "f:1: has no positive passage",
            "f:1: negative_passages is an object, expected a list of objects with text"));
  }
}
