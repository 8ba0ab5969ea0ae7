package org.tdro.evaluation.sets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tdro.evaluation.EvaluationResult;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.evaluation.EvaluationSet.OwnDocument;
import org.tdro.evaluation.Measure;
import org.tdro.evaluation.Qrels;
import org.tdro.io.InputException;
import org.tdro.io.TextLines;
import org.tdro.rows.Passage;
import org.tdro.search.Query;
import org.tdro.search.Run;
import org.tdro.search.ScoredDocument;

/** Sets in the layouts of MIRACL, MKQA, TREC and MS MARCO, with lines as in the published files. */
class LayoutsTest {
  @TempDir
  private Path folder;

  private Path write(String name, String... lines) throws IOException {
    var file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    try (var out = TextLines.writer(file, file)) {
      for (var line : lines) {
        out.write(line + "\n");
      }
    }
    return file;
  }

  private EvaluationSet load(String name, String split) {
    return Layout.loadAll(List.of(folder.resolve(name)), Splits.of(split)).get(0);
  }

  private static List<Passage> documents(EvaluationSet set) {
    try (var documents = set.corpus().documents()) {
      return documents.toList();
    }
  }

  private void miracl(String parent, String corpus) throws IOException {
    var sw = parent + "miracl-v1.0-sw";
    write(
        sw + "/topics/topics.miracl-v1.0-sw-dev.tsv",
        "2\tJe, bahari kubwa zaidi duniani ni ipi?",
        "10\tJe, mji mkuu wa Misri ni gani?");
    write(
        sw + "/qrels/qrels.miracl-v1.0-sw-dev.tsv",
        "2\tQ0\t1#0\t1",
        "2\tQ0\t2#1\t0",
        "10\tQ0\t2#1\t1");
    write(
        corpus + "miracl-corpus-v1.0-sw/docs-10.jsonl.gz",
        "{\"docid\": \"9#0\", \"title\": \"Tembo\", \"text\": \"Tembo ni mnyama.\"}");
    write(
        corpus + "miracl-corpus-v1.0-sw/docs-2.jsonl.gz",
        "{\"docid\": \"1#0\", \"title\": \"Pasifiki\", \"text\": \"Pasifiki ni bahari.\"}",
        "{\"docid\": \"2#1\", \"title\": \"Kairo\", \"text\": \"Kairo ni mji.\"}");
  }

  @ParameterizedTest
  @CsvSource({"'', ''", "miracl/, miracl-corpus/", "miracl/, miracl/", "'', miracl-v1.0-sw/"})
  void miraclIsTopicsJudgementsAndACorpusInShards(String parent, String corpus) throws IOException {
    miracl(parent, corpus);
    var set = load("", "dev");
    assertThat(set.name()).isEqualTo("miracl/sw");
    assertThat(set.queries())
        .containsExactly(
            new Query("2", "Je, bahari kubwa zaidi duniani ni ipi?"),
            new Query("10", "Je, mji mkuu wa Misri ni gani?"));
    assertThat(documents(set)).extracting(Passage::id).containsExactly("1#0", "2#1", "9#0");
    assertThat(documents(set).get(0))
        .isEqualTo(new Passage("1#0", "Pasifiki", "Pasifiki ni bahari."));
    assertThat(((Qrels) set.judgements()).of("2")).isEqualTo(Map.of("1#0", 1, "2#1", 0));
    assertThat(set.ownDocument()).isEqualTo(OwnDocument.RANKED);
  }

  @Test
  void miraclsMissingFilesAndMalformedLinesAreNamed() throws IOException {
    miracl("", "elsewhere/");
    assertThatThrownBy(() -> load("miracl-v1.0-sw", "test"))
        .hasMessageContaining(
            "topics/topics.miracl-v1.0-sw-test.tsv: no such file, nor with .gz; there are the splits dev: choose one by --split")
        .hasMessageContaining("miracl-corpus-v1.0-sw: no such folder with docs-0.jsonl.gz");
    miracl("", "");
    write("miracl-v1.0-sw/topics/topics.miracl-v1.0-sw-dev.tsv", "2 no tab", "2\ta", "2\tb");
    write("miracl-v1.0-sw/qrels/qrels.miracl-v1.0-sw-dev.tsv", "2\tQ0\t1#0\t1", "3\tQ0\t1#0\t1");
    write("miracl-corpus-v1.0-sw/docs-2.jsonl.gz", "{\"docid\": \"1#0\", \"title\": \"\"}");
    assertThatThrownBy(() -> load("miracl-v1.0-sw", "dev"))
        .isInstanceOfSatisfying(
            InputException.class,
            e -> assertThat(e.problems())
                .satisfiesExactly(
                    one -> assertThat(one)
                        .endsWith(
                            "dev.tsv:1: expected an id and a text separated by tabs, found 1 fields"),
                    two -> assertThat(two).endsWith("dev.tsv:3: the id '2' was there before"),
                    three -> assertThat(three)
                        .endsWith("dev.tsv: query '3' is judged in dev but not here"),
                    four -> assertThat(four).endsWith("docs-2.jsonl.gz:1: has no text")));
  }

  private void mkqa() throws IOException {
    write(
        "mkqa/mkqa.jsonl.gz",
        "{\"query\": \"who sings i hear you knocking\", \"answers\": {\"en\": [{\"type\": \"entity\", \"entity\": \"Q545186\", \"text\": \"Dave Edmunds\", \"aliases\": [\"David Edmunds\"]}], \"de\": [{\"type\": \"entity\", \"entity\": \"Q545186\", \"text\": \"Dave Edmunds\"}]}, \"queries\": {\"en\": \"who sings i hear you knocking\", \"de\": \"wer singt i hear you knocking\"}, \"example_id\": 563260143484355911}",
        "{\"query\": \"is it\", \"answers\": {\"en\": [{\"type\": \"binary\", \"text\": \"yes\"}], \"de\": [{\"type\": \"binary\", \"text\": \"ja\"}]}, \"queries\": {\"en\": \"is it\", \"de\": \"ist es\"}, \"example_id\": -5}",
        "{\"query\": \"why\", \"answers\": {\"en\": [{\"type\": \"unanswerable\", \"text\": null}]}, \"queries\": {\"en\": \"why\", \"de\": \"warum\"}, \"example_id\": 6}");
    write(
        "mkqa/psgs_w100.tsv.gz",
        "id\ttext\ttitle",
        "1\t\"A \"\"rock\"\" song by DAVE EDMUNDS, 1970\"\tI Hear You",
        "2\tnothing here\tDave\u0301 Edmunds",
        "3\tEdmunds, Dave\tList",
        "4\tof Dave\tEdmunds");
  }

  @Test
  void mkqaIsJudgedByTheEnglishAnswersInTitleAndText() throws IOException {
    mkqa();
    var sets = Layout.loadAll(List.of(folder), Splits.TEST);
    assertThat(sets).extracting(EvaluationSet::name).containsExactly("mkqa/de", "mkqa/en");
    var set = sets.get(0);
    assertThat(set.queries())
        .containsExactly(new Query("563260143484355911", "wer singt i hear you knocking"));
    assertThat(documents(set).get(0))
        .isEqualTo(new Passage("1", "I Hear You", "A \"rock\" song by DAVE EDMUNDS, 1970"));
    var run = Run.of(Map.of(
        "563260143484355911",
        List.of(
            new ScoredDocument("2", 4),
            new ScoredDocument("3", 3),
            new ScoredDocument("1", 2),
            new ScoredDocument("4", 1))));
    var qrels = set.judgements().of(run, set.corpus());
    // 2 has an accent, 3 the words in another order, 4 across title and text in another order.
    assertThat(qrels.of("563260143484355911")).isEqualTo(Map.of("1", 1, "2", 0, "3", 0, "4", 0));
    var result = EvaluationResult.of(qrels, run, Measure.parse(List.of("success.2,3")));
    assertThat(result.all().values()).containsExactly(0.0, 1.0);
    assertThat(sets.get(1).content().documents()).isEqualTo(set.content().documents());
    assertThatThrownBy(() -> set.sample(1, 1)).hasMessageContaining("cannot be a development set");
    assertThat(set.withQueries(id -> true, "part").content().judgements())
        .isEqualTo(set.content().judgements());
  }

  @Test
  void preparedQuestionsAreRead() throws IOException {
    write(
        "mkqa/test/ja.jsonl",
        "{\"id\": \"7\", \"lang\": \"ja\", \"question\": \"誰\", \"answers\": [\"Dave Edmunds\", \" \"]}");
    write("mkqa/nq.jsonl", "{\"docid\": \"1\", \"title\": \"Dave\", \"text\": \"Edmunds\"}");
    var set = load("mkqa", "test");
    assertThat(set.name()).isEqualTo("mkqa/ja");
    assertThat(set.queries()).containsExactly(new Query("7", "誰"));
    var run = Run.of(Map.of("7", List.of(new ScoredDocument("1", 1))));
    assertThat(set.judgements().of(run, set.corpus()).of("7")).isEqualTo(Map.of("1", 1));
  }

  @Test
  void mkqasMalformedLinesAreNamed() throws IOException {
    write(
        "mkqa/mkqa.jsonl",
        "{\"queries\": {\"en\": \"a\"}, \"answers\": {\"en\": [{\"type\": \"date\", \"text\": \"1970\"}]}, \"example_id\": 1}",
        "{\"queries\": {\"en\": \"a\"}, \"answers\": {}, \"example_id\": 2}",
        "{\"queries\": {}, \"answers\": {\"en\": []}, \"example_id\": 3}",
        "{\"queries\": {\"en\": \"a\"}, \"answers\": {\"en\": [{\"type\": \"date\", \"text\": 1970}]}, \"example_id\": 4}");
    write("mkqa/psgs_w100.tsv", "id\ttext\ttitle", "1\ta\tb", "2\ta");
    assertThatThrownBy(() -> load("mkqa", "test"))
        .hasMessageContaining("mkqa.jsonl:2: needs a list 'answers.en'")
        .hasMessageContaining("mkqa.jsonl:4: an answer must be a string, was 1970")
        .hasMessageContaining(
            "psgs_w100.tsv:3: expected an id, a text and a title separated by tabs, found 2 fields");
  }

  @Test
  void trecsTopicsAndDocumentsWithTagsAreRead() throws IOException {
    write(
        "robust/topics.txt",
        "<top>",
        "",
        "<num> Number: 301",
        "<title> International Organized",
        "Crime",
        "<desc> Description:",
        "Identify organizations.",
        "</top>",
        "<top>",
        "<num> Number: 302 </num>",
        "<title>Polio &amp; Post-Polio</title>",
        "</top>");
    write("robust/qrels.txt", "301 0 FT911-3 1", "302 0 FT911-4 0", "302 0 WTX-1 2");
    write(
        "robust/corpus/ft911.gz",
        "<DOC>",
        "<DOCNO> FT911-3 </DOCNO>",
        "<DATE>910514",
        "</DATE>",
        "<HEADLINE>",
        "FT 14 MAY 91 / Crime &#38; law",
        "</HEADLINE>",
        "<TEXT>",
        "<P>A first.</P>",
        "",
        "A second.",
        "</TEXT>",
        "</DOC>",
        "<DOC>",
        "<DOCNO>FT911-4</DOCNO>",
        "<TEXT>b</TEXT>",
        "<TEXT>c</TEXT>",
        "</DOC>");
    write(
        "robust/corpus/web.trec",
        "<DOC>",
        "<DOCNO>WTX-1</DOCNO>",
        "<DOCHDR>",
        "http://example.org 127.0.0.1",
        "</DOCHDR>",
        "<html><head><title>A page</title><script>x < y</script></head>",
        "<body>Some <b>words</b>.</body></html>",
        "</DOC>");
    var set = load("robust", "test");
    assertThat(set.queries())
        .containsExactly(
            new Query("301", "International Organized Crime"),
            new Query("302", "Polio & Post-Polio"));
    assertThat(documents(set))
        .containsExactly(
            new Passage("FT911-3", "FT 14 MAY 91 / Crime & law", "A first. A second."),
            new Passage("FT911-4", "", "b c"),
            new Passage("WTX-1", "A page", "Some words ."));
  }

  @Test
  void topicsAsXmlAndDocumentsAsJsonAreRead() throws IOException {
    write(
        "covid/topics.covid-round1.xml",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
        "<topics task=\"COVIDSearch\" batch=\"1\">",
        "  <topic number=\"1\">",
        "    <query>coronavirus origin</query>",
        "    <question>what is the origin</question>",
        "  </topic>",
        "</topics>");
    write("covid/qrels.covid-round1.txt", "1 0.5 ug7v899j 2");
    write(
        "covid/docs.jsonl.gz",
        "{\"id\": \"ug7v899j\", \"title\": \"Clinical features\", \"contents\": \"OBJECTIVE\"}");
    var set = load("covid", "test");
    assertThat(set.queries()).containsExactly(new Query("1", "coronavirus origin"));
    assertThat(documents(set))
        .containsExactly(new Passage("ug7v899j", "Clinical features", "OBJECTIVE"));
  }

  @Test
  void msMarcosSplitsStandInTheNames() throws IOException {
    write("msmarco/collection.tsv", "0\tThe presence of communication", "1\tThe Manhattan Project");
    write("msmarco/queries.dev.small.tsv", "1048585\twhat is paula deen's brother");
    write("msmarco/queries.train.tsv", "121352\tdefine extreme");
    write("msmarco/qrels.dev.small.tsv", "1048585\t0\t1\t1");
    write("msmarco/qrels.train.tsv", "121352\t0\t0\t1");
    var set = load("msmarco", "dev.small");
    assertThat(set.queries()).containsExactly(new Query("1048585", "what is paula deen's brother"));
    assertThat(documents(set)).hasSize(2);
    assertThatThrownBy(() -> load("msmarco", "test"))
        .hasMessage(
            folder.resolve("msmarco")
                + ": there are no judgements of test; there are dev.small, train: choose one by --split");
    Files.delete(folder.resolve("msmarco/qrels.train.tsv"));
    assertThatThrownBy(() -> load("msmarco", "test"))
        .hasMessageEndingWith("no judgements of test; there are dev.small: choose one by --split");
    write("msmarco/qrels.train.tsv", "121352\t0\t0\t1");
    write("msmarco/collection.tsv", "D1\thttp://example.org\ttitle\tbody");
    assertThatThrownBy(() -> load("msmarco", "train"))
        .hasMessage(folder.resolve("msmarco/collection.tsv")
            + ":1: expected an id and a text separated by tabs, found 4 fields");
  }

  @Test
  void malformedTagsAreNamed() throws IOException {
    write("trec/qrels.txt", "1 0 a 1");
    write(
        "trec/topics.txt",
        "<top>",
        "<title>a",
        "<top>",
        "<num>1",
        "</top>",
        "<top>",
        "<title>b</top>");
    write("trec/corpus.trectext", "<DOC>", "<TEXT>a</TEXT>", "</DOC>", "<DOC>", "<DOCNO>b</DOCNO>");
    assertThatThrownBy(() -> load("trec", "test"))
        .hasMessageContaining(
            "topics.txt:1: <top> does not end: there is no </top> before the next")
        .hasMessageContaining("topics.txt:3: the topic has neither <title> nor <query>")
        .hasMessageContaining("topics.txt:6: the topic has neither <num> nor number=")
        .hasMessageContaining("corpus.trectext:1: the document has no <DOCNO>")
        .hasMessageContaining("corpus.trectext:4: <DOC> does not end");
  }

  @Test
  void aFolderMayHoldSetsOfManyLayouts() throws IOException {
    miracl("miracl/", "miracl-corpus/");
    mkqa();
    write("robust/topics.txt", "<top>", "<num>1", "<title>a", "</top>");
    write("robust/qrels.txt", "1 0 1 1");
    write("robust/corpus.jsonl", "{\"id\": \"1\", \"contents\": \"c\"}");
    write("beir/corpus.jsonl", "{\"_id\": \"1\", \"text\": \"c\"}");
    write("beir/queries.jsonl", "{\"_id\": \"1\", \"text\": \"c\"}");
    write("beir/qrels/test.tsv", "query-id\tcorpus-id\tscore", "1\t1\t1");
    write("notes.zip", "");
    var sets = Layout.loadAll(List.of(folder), Splits.parse(List.of("test", "miracl=dev")));
    assertThat(sets)
        .extracting(EvaluationSet::name)
        .containsExactly("beir", "miracl/sw", "mkqa/de", "mkqa/en", "robust");
  }
}
