package org.tdro.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.io.InputException;
import org.tdro.io.TextLines;
import org.tdro.rows.RowOptions.Columns;
import org.tdro.rows.RowOptions.OnError;

/** Rows in each form, in short: query id, query, positives and negatives with their titles and scores. */
class RowFormatsTest {
  private static final String A = RowParser.idOf("a");

  @TempDir
  Path folder;

  private Path write(String name, String... lines) throws IOException {
    var file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    try (var out = TextLines.writer(file, file)) {
      out.write(String.join("\n", lines).replace('\'', '"').replace('~', '\t') + "\n");
    }
    return file;
  }

  private static List<String> read(Path source) {
    return read(source, RowOptions.RECOGNISE);
  }

  private static List<String> read(Path source, RowOptions options) {
    var rows = new ArrayList<String>();
    var problems = new ArrayList<String>();
    try (var opened = RowSource.open(source, options)) {
      opened
          .chunks(2)
          .forEachRemaining(chunk -> chunk.forEach(row -> {
            try {
              rows.add(text(row.parse()));
            } catch (InputException e) {
              problems.addAll(e.problems());
            }
          }));
    }
    if (!problems.isEmpty()) {
      throw new InputException(problems);
    }
    return rows;
  }

  private static String text(TrainingRow row) {
    return "%s %s + %s - %s%s"
        .formatted(
            row.queryId(),
            row.query(),
            texts(row.positives()),
            texts(row.negatives()),
            row.scores()
                .map(scores -> " " + java.util.Arrays.toString(scores.positives())
                    + java.util.Arrays.toString(scores.negatives()))
                .orElse(""));
  }

  private static String texts(List<Passage> passages) {
    return String.join(
        ",",
        passages.stream()
            .map(passage -> (passage.id().isEmpty() ? "" : passage.id() + ":") + passage.content())
            .toList());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      {'query_id': 7, 'query': 'a', 'positive_passages': [{'docid': '1', 'title': 'T', 'text': 'b'}], 'negative_passages': []} | 7 a + 1:T b -
      {'query': 'a', 'positive_passages': [{'text': 'b', 'score': 2}], 'negative_passages': [{'text': 'c', 'score': 0.5}]} | A a + b - c [2.0][0.5]
      {'query': 'a', 'pos': ['b', 'c'], 'neg': ['d']}                       | A a + b,c - d
      {'query': 'a', 'pos': ['b'], 'neg': ['c'], 'pos_scores': [1], 'neg_scores': [0.5], 'prompt': 'p', 'type': 'x'} | A a + b - c [1.0][0.5]
      {'query': 'a', 'pos': ['b'], 'neg': [], 'pos_scores': [], 'neg_scores': null} | A a + b -
      {'query': 'a', 'pos': ['b'], 'query_id': '1'}                         | 1 a + b -
      {'dataset': 'nq', 'question': 'a', 'answers': ['x'], 'positive_ctxs': [{'title': 'T', 'text': 'b', 'score': 1000, 'title_score': 1, 'passage_id': '9'}], 'negative_ctxs': [{'title': '', 'text': 'd'}], 'hard_negative_ctxs': [{'title': 'U', 'text': 'c', 'score': 12.5, 'psg_id': '8'}]} | A a + 9:T b - 8:U c,d
      {'anchor': 'a', 'positive': 'b'}                                      | A a + b -
      {'anchor': 'a', 'positive': 'b', 'negative': 'c'}                     | A a + b - c
      {'query': 'a', 'positive': 'b', 'negative_10': 'e', 'negative_2': 'd', 'negative_1': 'c', 'negative_3': null} | A a + b - c,d,e
      {'query': 'a', 'positive': ['b', 'c'], 'negatives': ['d', {'title': 'T', 'text': 'e'}]} | A a + b,c - d,T e
      {'question': 'a', 'answer': 'b', 'id': 5}                             | A a + b -
      {'query': 'a', 'response': 'b'}                                       | A a + b -
      {'sentence1': 'a', 'sentence2': 'b'}                                  | A a + b -
      {'premise': 'a', 'hypothesis': 'b'}                                   | A a + b -
      {'set': ['a', 'b', 'c']}                                              | A a + b,c -
      {'texts': ['a', 'b']}                                                 | A a + b -
      ['a', 'b']                                                            | A a + b -
      ['a', 'b', 'c']                                                       | A a + b - c
      """)
  void linesOfEachProgramAreRows(String line, String row) throws IOException {
    assertThat(read(write("a.jsonl", line)))
        .containsExactly(
            row.replace("A a", A + " a").endsWith("-")
                ? row.replace("A a", A + " a") + " "
                : row.replace("A a", A + " a"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      {'sentence1': 'a', 'sentence2': 'b', 'score': 0.5}   | what score says of a text is not read, so this is not a row; keep the texts that belong together, and leave score out
      {'premise': 'a', 'hypothesis': 'b', 'label': 1}      | what label says of a text is not read
      {'anchor': 'a', 'passages': ['b'], 'labels': [1]}    | what labels says of a text is not read
      {'qid': 1, 'pos': [2], 'neg': {'bm25': [3]}}         | hard negatives by id
      {'_id': '1', 'title': '', 'text': 'a'}               | has the keys _id, title, text, as a document or a query of a collection
      {'id': '1', 'contents': 'a'}                         | as a document
      {'text': 'a', 'label': 0}                            | has the keys text, label, expected query_id, query and positive_passages, or the columns of another form
      {}                                                   | has no keys
      ['a']                                                | is a list of 1 values
      {'query': 'a', 'pos': 'b'}                           | pos is a string, expected a list of strings
      {'query': 'a', 'pos': [{'text': 'b'}]}               | pos[0] is an object, expected a string
      {'query': 'a', 'pos': ['b'], 'pos_scores': [1, 2]}   | pos_scores has 2 values, expected a number for each of 1 passages
      {'query': 'a', 'pos': ['b'], 'neg': ['c'], 'pos_scores': [1]} | 1 of 2 passages have no score
      {'query': 'a', 'pos': ['b'], 'pos_scores': ['x']}    | pos_scores[0] has a score that is not a number: "x"
      {'query': 'a', 'pos': []}                            | has no positive passage
      {'question': 'a', 'positive_ctxs': []}               | has no positive passage
      {'question': 'a', 'positive_ctxs': ['b']}            | positive_ctxs[0] is a string, expected an object with text
      {'anchor': ' ', 'positive': 'b'}                     | anchor is missing or empty
      {'anchor': 'a', 'positive': ''}                      | has no positive passage
      {'anchor': 'a', 'positive': 5}                       | positive is a number, expected a string or an object with text
      {'anchor': 'a', 'positive': 'b', 'negative': [' ']}  | negative[0] has no text
      """)
  void whatIsNotARowIsNamed(String line, String problem) throws IOException {
    var file = write("a.jsonl", line);
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + ":1: ")
        .hasMessageContaining(problem);
  }

  @Test
  void rowsOfAnotherFormThanTheFirstAreErrorsAndMalformedOnesBeforeItToo() throws IOException {
    var file = write(
        "a.jsonl",
        "{",
        "{'query': 'a', 'pos': ['b']}",
        "{'anchor': 'a', 'positive': 'b'}",
        "['a', 'b']");
    var thrown = catchThrowableOfType(InputException.class, () -> read(file));
    assertThat(thrown.problems()).hasSize(3);
    assertThat(thrown.problems().get(0)).startsWith(file + ":1: malformed JSON");
    assertThat(thrown.problems().get(1))
        .isEqualTo(file + ":3: has the keys anchor, positive, expected query and pos");
    assertThat(thrown.problems().get(2))
        .isEqualTo(file + ":4: is a list, expected an object with query and pos");
  }

  @Test
  void skippedRowsLeaveTheOthers() throws IOException {
    var skip = new RowOptions(Optional.empty(), Optional.empty(), OnError.SKIP);
    var file =
        write("a.jsonl", "{", "{'query': 'a', 'pos': ['b']}", "{'query': '', 'pos': ['b']}", "[1]");
    assertThat(read(file, skip)).containsExactly(A + " a + b - ");
    var table = write("a.csv", "query,answer", "a", "a,b", "a,b,c");
    assertThat(read(table, skip)).containsExactly(A + " a + b - ");
  }

  @Test
  void whatIsMoreThanARowIsNotSkipped() throws IOException {
    var skip = new RowOptions(Optional.empty(), Optional.empty(), OnError.SKIP);
    for (var file : List.of(
        write("a.csv", "query,answer", "a,b", "'x'y,z", "c,d"), write("b.jsonl", "{'a': 'b'}"))) {
      assertThatThrownBy(() -> read(file, skip))
          .hasMessageStartingWith(file.toString())
          .hasMessageEndingWith(
              "--on-error skip leaves single rows out, and this is more than one");
    }
  }

  /** Once, not for each of its records. */
  @Test
  void aFileOfAnUnknownFormIsNamedOnce() throws IOException {
    var table = write("a.csv", "who wrote Faust?,Goethe", "who wrote Hamlet?,Shakespeare", "a,b");
    assertThatThrownBy(() -> read(table))
        .hasMessageStartingWith(table + ":2: has the keys 'who wrote Faust?', Goethe, expected ")
        .hasMessageEndingWith(
            "(--columns query=NAME,positive=NAME); if these are values, write a header before them, such as query,positive; none of the first 2 records is a row");
    var lines = write("a.jsonl", "{'question': 'a', 'Answers': ['b']}", "{}");
    assertThatThrownBy(() -> read(lines))
        .hasMessageContaining("expected question and answer (sentence-transformers); name");
    var columns = new RowOptions(
        Optional.empty(), Optional.of(Columns.parse("query=a,positive=b")), OnError.FAIL);
    assertThatThrownBy(() -> read(lines, columns))
        .hasMessage(
            lines
                + ":1: has the keys question, Answers, expected a and b, as --columns says; none of the first 2 records is a row");
    var wrapped = write("a.json", "{'version': 1, 'data': [{'query': 'a', 'pos': ['b']}]}");
    assertThatThrownBy(() -> read(wrapped)).hasMessageContaining("jq -c '.data[]'");
  }

  @Test
  void allRowsHaveScoresOrNone() throws IOException {
    var file = write(
        "a.jsonl",
        "{'query': 'a', 'pos': []}",
        "{'query': 'a', 'pos': ['b'], 'pos_scores': [1]}",
        "{'query': 'c', 'pos': ['d']}",
        "{'query': 'e', 'pos': ['f'], 'pos_scores': [2]}");
    assertThatThrownBy(() -> read(file))
        .hasMessage(String.join(
            "\n",
            file + ":1: has no positive passage",
            file + ":3: its passages have no scores, unlike those of " + file
                + ":2; score all rows of a domain or none"));
  }

  @Test
  void columnsMayHaveAnyName() throws IOException {
    var columns = Columns.parse("query=asked, positive=clicked,negative=seen,negative=other,id=n");
    var options = new RowOptions(Optional.empty(), Optional.of(columns), OnError.FAIL);
    assertThat(read(write("a.csv", "n,asked,clicked,seen,other", "7,a,b,c,", "8,a,b,,d"), options))
        .containsExactly("7 a + b - c", "8 a + b - d");
    var pairs = new RowOptions(
        Optional.empty(),
        Optional.of(Columns.parse("query=sentence1,positive=sentence2")),
        OnError.FAIL);
    assertThat(read(write("a.jsonl", "{'sentence1': 'a', 'sentence2': 'b', 'label': 1}"), pairs))
        .containsExactly(A + " a + b - ");
    for (var wrong : Map.of(
            "query=a", "columns need query=NAME and positive=NAME",
            "query=a,query=b,positive=c", "query is given 2 times",
            "question=a", "not 'question=a'",
            "a", "not 'a'")
        .entrySet()) {
      assertThatThrownBy(() -> Columns.parse(wrong.getKey()))
          .hasMessageContaining(wrong.getValue());
    }
  }

  /** Tevatron's rows and FlagEmbedding's share the query; a user says which of the others counts. */
  @Test
  void aNamedFormIsNotRecognised() throws IOException {
    var both = "{'query': 'a', 'positive_passages': [{'text': 'b'}], 'pos': ['c']}";
    var file = write("a.jsonl", both);
    assertThat(read(file)).containsExactly(A + " a + b - ");
    assertThat(read(file, RowOptions.of(RowFormat.FLAGEMBEDDING))).containsExactly(A + " a + c - ");
    assertThatThrownBy(() -> read(file, RowOptions.of(RowFormat.DPR)))
        .hasMessage(
            file
                + ":1: has the keys query, positive_passages, pos, expected question and positive_ctxs");
    assertThatThrownBy(() -> read(file, RowOptions.of(RowFormat.BEIR)))
        .hasMessage(file + ": is a file; name the folder of the collection");
  }

  @Test
  void triplesOfTextsHaveNoHeader() throws IOException {
    var file = write("triples.train.small.tsv.gz", "a~b 'x'~c", "'a~d~e");
    assertThat(read(file))
        .containsExactly(A + " a + b \"x\" - c", RowParser.idOf("\"a") + " \"a + d - e");
    var wrong = write("triples.tsv", "a~b", "a~ ~c");
    assertThatThrownBy(() -> read(wrong))
        .hasMessage(wrong
            + ":1: has 2 values separated by tabs, expected three, query, positive and negative\n"
            + wrong + ":2: one of its three texts is empty");
  }

  private void beir(String compression) throws IOException {
    write(
        "s/corpus.jsonl" + compression,
        "{'_id': 'd1', 'title': 'T', 'text': 'b', 'metadata': {}}",
        "",
        "{'_id': 'd2', 'title': '', 'text': 'c'}",
        "{'_id': 'd3', 'text': 'd'}");
    write(
        "s/queries.jsonl" + compression,
        "{'_id': '2', 'text': 'z', 'metadata': {}}",
        "{'_id': '1', 'text': 'a'}");
    write(
        "s/qrels/train.tsv" + compression,
        "query-id~corpus-id~score",
        "1~d1~1",
        "2~d3~2",
        "1~d2~0",
        "1~d3~1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".gz", ".zst"})
  void aQueryOfBeirIsARowWithAllThatIsJudged(String compression) throws IOException {
    beir(compression);
    var source = folder.resolve("s");
    assertThat(DomainFiles.sources(List.of(folder), skipped -> {})).containsOnlyKeys("s");
    assertThat(DomainFiles.sources(List.of(source), skipped -> {})).containsOnlyKeys("s");
    assertThat(read(source)).containsExactly("1 a + d1:T b,d3:d - d2:c", "2 z + d3:d - ");
    assertThatThrownBy(() -> read(source, RowOptions.of(RowFormat.MSMARCO)))
        .hasMessage(source + ": its files are not those of the form msmarco");
  }

  @Test
  void whatBeirLacksIsNamed() throws IOException {
    beir("");
    var source = folder.resolve("s");
    var judgements = write(
        "s/qrels/train.tsv", "query-id~corpus-id~score", "1~x~1", "9~d1~1", "2~d1~high", "3~d1");
    assertThatThrownBy(() -> read(source))
        .hasMessage(String.join(
            "\n",
            judgements + ":2: the document x is not in " + source + "/corpus.jsonl",
            judgements + ":3: the query 9 is not in " + source + "/queries.jsonl",
            judgements + ":4: has the grade high, expected a whole number",
            judgements + ":5: is not 'query document grade' or 'query 0 document grade'",
            judgements + ":5: the query 3 is not in " + source + "/queries.jsonl"));
    write("s/qrels/train.tsv", "query-id~corpus-id~score", "1~d2~0");
    assertThatThrownBy(() -> read(source))
        .hasMessage(judgements + ":2: the query 1 has no document with a grade above 0");
    var corpus =
        write("s/corpus.jsonl", "{'_id': 'd1', 'text': 'a'}", "{'_id': 'd1', 'text': 'b'}");
    assertThatThrownBy(() -> read(source))
        .hasMessage(corpus + ":2: has the id d1 of line 1; ids must be different");
    for (var wrong : Map.of(
            "{'text': 'a'}", "has the keys text, none of them an id (",
            "{'_id': ['a'], 'text': 'a'}", "_id is a list, expected a string or a number",
            "{'_id': 'd1', 'text': 5}", "text is a number, expected a string",
            "{'_id': 'd1', 'title': 5, 'text': 'a'}", "title is a number, expected a string")
        .entrySet()) {
      write("s/corpus.jsonl", wrong.getKey(), "");
      write("s/qrels/train.tsv", "query_id~doc_id~relevance", "1~d1~1");
      assertThatThrownBy(() -> read(source))
          .hasMessageStartingWith(corpus + ":1: " + wrong.getValue());
    }
    var table = write("t/corpus.csv", "docid,text", "d1,a", "d1,b");
    var rows = write("t/train.jsonl", "{'query': 'a', 'positive_document_ids': ['d1']}");
    assertThatThrownBy(() -> read(rows))
        .hasMessage(table + ":row 2: has the id d1 of row 1; ids must be different");
    Files.move(judgements, source.resolve("qrels/test.tsv"));
    assertThatThrownBy(() -> DomainFiles.sources(List.of(source), skipped -> {}))
        .hasMessage(source
            + ": has no qrels/train.tsv; its other judgements are for evaluation, see eval.data");
  }

  @Test
  void msMarcoHasJudgementsInAnyOrderOrTriplesOfIds() throws IOException {
    var source = folder.resolve("m");
    write("m/collection.tsv", "0~b 'x'", "1~c", "2~d~e");
    write("m/queries.train.tsv", "7~a", "8~z");
    var judgements = write("m/qrels.train.tsv", "7~0~0~1", "8~0~1~1", "7~0~2~1");
    assertThat(read(source)).containsExactly("7 a + 0:b \"x\",2:d\te - ", "8 z + 1:c - ");
    write("m/qidpidtriples.train.small.tsv.gz", "7~0~1", "8~1~2");
    assertThat(read(source)).containsExactly("7 a + 0:b \"x\" - 1:c", "8 z + 1:c - 2:d\te");
    var triples = write("m/qidpidtriples.train.small.tsv.gz", "7~5~1", "9~1~2");
    assertThatThrownBy(() -> read(source))
        .hasMessage(triples + ":1: the document 5 is not in " + source + "/collection.tsv\n"
            + triples + ":2: the query 9 is not in " + source + "/queries.train.tsv");
    Files.delete(triples);
    Files.delete(judgements);
    assertThatThrownBy(() -> RowFolder.of(source))
        .hasMessageContaining("there is neither qrels.train.tsv nor qidpidtriples.*.tsv");
  }

  @Test
  void tevatronsRowsByIdHaveTheirCorpusBesideThem() throws IOException {
    var row =
        "{'query_id': '1', 'query_text': 'a', 'query_image': null, 'positive_document_ids': ['d1'], 'negative_document_ids': ['d2', 3]}";
    var file = write("t/train.jsonl", row);
    assertThatThrownBy(() -> read(file)).hasMessageContaining("there is no corpus.jsonl");
    var corpus = write("t/corpus.csv", "docid,title,text", "d1,T,'b, c'", "d2,,c", "3,,d");
    assertThat(read(file)).containsExactly("1 a + d1:T b, c - d2:c,3:d");
    assertThat(read(folder.resolve("t"))).containsExactly("1 a + d1:T b, c - d2:c,3:d");
    assertThat(DomainFiles.sources(List.of(folder), skipped -> {})).containsOnlyKeys("t");
    write("t/train.jsonl", row.replace("d2", "x"));
    assertThatThrownBy(() -> read(file))
        .hasMessage(file + ":1: negative_document_ids[0] names the document x, which is not in "
            + corpus.toAbsolutePath());
  }

  @Test
  void dataSetsThatHuggingFaceSavedAreReadInTheOrderOfTheirState() throws Exception {
    var arrow =
        Path.of(RowFormatsTest.class.getResource("/records/js-stream.arrow").toURI());
    var saved = Files.createDirectories(folder.resolve("h/train"));
    Files.copy(arrow, saved.resolve("data-00000-of-00002.arrow"));
    Files.copy(arrow, saved.resolve("data-00001-of-00002.arrow"));
    write("h/train/dataset_info.json", "{'features': {}}");
    write(
        "h/train/state.json",
        "{'_data_files': [{'filename': 'data-00000-of-00002.arrow'}, {'filename': 'data-00001-of-00002.arrow'}], '_fingerprint': 'f', '_format_columns': null, '_split': 'train'}");
    assertThat(read(saved)).hasSize(6).startsWith("q0 who 0 + d0:text é 0,e:T x - ");
    var all = write("h/dataset_dict.json", "{'splits': ['train', 'test']}");
    assertThat(read(all.getParent())).hasSize(6);
    assertThat(DomainFiles.sources(List.of(folder), skipped -> {})).containsOnlyKeys("h");
  }

  @Test
  void partsOfTheSplitTrainAreOneDomain() throws Exception {
    var parquet = Path.of(
        RowFormatsTest.class.getResource("/records/rust-v2-snappy.parquet").toURI());
    var data = Files.createDirectories(folder.resolve("p/data"));
    for (var name :
        List.of("train-00000-of-00002", "train-00001-of-00002", "test-00000-of-00001")) {
      Files.copy(parquet, data.resolve(name + ".parquet"));
    }
    assertThat(read(folder.resolve("p"))).hasSize(6);
    Files.move(data.resolve("train-00000-of-00002.parquet"), data.resolve("dev-0-of-1.parquet"));
    Files.delete(data.resolve("train-00001-of-00002.parquet"));
    assertThatThrownBy(() -> RowFolder.of(folder.resolve("p")))
        .hasMessage(data + ": holds the parts of several files, dev, test; name one of them train");
  }

  @Test
  void everyFileOfASourceIsInItsFingerprint() throws IOException {
    beir("");
    var beir = folder.resolve("s");
    for (var file : List.of("corpus.jsonl", "queries.jsonl", "qrels/train.tsv")) {
      var before = DomainFiles.fingerprint(beir);
      Files.writeString(beir.resolve(file), " \n", java.nio.file.StandardOpenOption.APPEND);
      assertThat(DomainFiles.fingerprint(beir)).isNotEqualTo(before);
    }
    var rows = write("t/train.jsonl", "{'query': 'a', 'positive_document_ids': ['d1']}");
    var corpus = write("t/corpus.jsonl", "{'docid': 'd1', 'text': 'b'}");
    var before = DomainFiles.fingerprint(rows);
    Files.writeString(corpus, "\n", java.nio.file.StandardOpenOption.APPEND);
    assertThat(DomainFiles.fingerprint(rows)).isNotEqualTo(before);
    var plain = write("a.jsonl", "{'query': 'a', 'pos': ['b']}");
    assertThat(DomainFiles.fingerprint(plain)).isEqualTo(org.tdro.io.Sha256.of(plain));
    assertThat(DomainFiles.fingerprint(plain, RowOptions.of(RowFormat.FLAGEMBEDDING)))
        .isNotEqualTo(DomainFiles.fingerprint(plain));
  }
}
