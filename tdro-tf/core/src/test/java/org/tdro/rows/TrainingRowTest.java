package org.tdro.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tdro.io.InputException;
import org.tdro.io.TextLines;
import org.tdro.testing.Shared;

class TrainingRowTest {
  private static TrainingRow parse(String line) {
    return TrainingRow.parse(new TextLines.Line(Path.of("f"), 1, line.replace('\'', '"')));
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
    var guide = " (see Rows of other programs in docs/data-format.md)";
    assertThat(problems)
        .usingElementComparator((problem, expected) -> problem.startsWith(expected) ? 0 : 1)
        .containsExactly(
            file + ":1: positive_passages[0] is a string, expected an object with text",
            file + ":1: negative_passages[0] is a string, expected an object with text",
            file
                + ":2: has the keys query, pos of FlagEmbedding's rows; to convert it: pos and neg become positive_passages and negative_passages, each string an object with docid and text, and a query_id is added"
                + guide,
            file
                + ":3: has the keys positive_document_ids of Tevatron's rows by document id; to convert it: query_text becomes query, and the ids become positive_passages and negative_passages with the texts of the corpus"
                + guide,
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
            file
                + ":15: is a list, expected an object with query_id, query and positive_passages; a list of rows becomes a row on each line with jq -c '.[]'"
                + guide,
            file + ":16: malformed JSON at column",
            file + ":17: malformed JSON at column 40: the key 'query' is there twice");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      {'query': 'a', 'pos': ['b'], 'neg': ['c'], 'pos_scores': [1]} | FlagEmbedding
      {'query': 'a', 'pos': ['b'], 'query_id': '1'}                 | FlagEmbedding
      {'qid': 1, 'pos': [2], 'neg': {'bm25': [3]}}                  | hard negatives by id
      {'query_id': '1', 'query_text': 'a', 'positive_document_ids': ['b']} | Tevatron
      {'question': 'a', 'answers': [], 'positive_ctxs': [{'text': 'b'}]}   | DPR
      {'anchor': 'a', 'positive': 'b', 'negative_1': 'c'}           | pairs or triplets
      {'query': 'a', 'positive': 'b', 'negative': 'c'}              | pairs or triplets
      {'sentence1': 'a', 'sentence2': 'b', 'score': 0.5}            | sentence pairs
      {'premise': 'a', 'hypothesis': 'b', 'label': 1}               | sentence pairs
      {'set': ['a', 'b']}                                           | sets of texts
      {'question': 'a', 'answer': 'b'}                              | questions with answers
      {'_id': '1', 'title': '', 'text': 'a'}                        | BEIR
      {'docid': '1', 'text': 'a'}                                   | corpus
      {'id': '1', 'contents': 'a'}                                  | corpus
      ['a', 'b']                                                    | jq -c '.[]'
      1	2	3                                                        | 3 values separated by tabs
      {'text': 'a', 'label': 0}                                     | has the keys text, label, expected query_id, query and positive_passages
      {}                                                            | has no keys
      """)
  void rowsOfOtherProgramsAreRecognised(String line, String name) {
    assertThatThrownBy(() -> parse(line)).hasMessageContaining(name);
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
            "f:1: query_id is missing",
            "f:1: query is missing or empty",
            "f:1: has no positive passage",
            "f:1: negative_passages is an object, expected a list of objects with text"));
  }
}
