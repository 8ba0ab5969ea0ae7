package org.tdro.experiments.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tdro.experiments.spoiling.Junk;

class QuickstartCollectionTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir
  static Path folder;

  private static Path collection;

  @BeforeAll
  static void writeCollection() throws IOException {
    collection = folder.resolve("collection");
    QuickstartCollection.write(collection);
  }

  @Test
  void writesTheSameBytesInEveryLocale(@TempDir Path other) throws IOException {
    var locale = Locale.getDefault();
    try {
      // Arabic digits and the Turkish dotless i are what a default locale would change.
      for (var tag : List.of("ar-EG-u-nu-arab", "tr-TR")) {
        Locale.setDefault(Locale.forLanguageTag(tag));
        QuickstartCollection.write(other.resolve(tag));
        assertThat(contents(other.resolve(tag))).isEqualTo(contents(collection));
      }
    } finally {
      Locale.setDefault(locale);
    }
  }

  @Test
  void holdsOneTrainingFileForEachDomainAndNothingTemporary() throws IOException {
    assertThat(names(collection.resolve("train")))
        .isEqualTo(QuickstartCollection.domains().stream()
            .map(domain -> domain.id() + ".jsonl")
            .collect(Collectors.toSet()));
    assertThat(names(folder)).containsExactly("collection");
  }

  @ParameterizedTest
  @EnumSource
  void domainHasTheLinesItDeclares(QuickstartDomain domain) {
    assertThat(lines(domain)).hasSize(domain.lines());
  }

  @ParameterizedTest
  @EnumSource
  void everyLineHasAPositiveAndTheDeclaredNegatives(QuickstartDomain domain) {
    assertThat(domain.negatives()).isBetween(4, 7);
    assertThat(lines(domain)).allSatisfy(line -> {
      assertThat(line.path("query").asText()).isNotBlank();
      assertThat(line.path("positive_passages")).isNotEmpty();
      assertThat(line.path("negative_passages")).hasSize(domain.negatives());
    });
  }

  @ParameterizedTest
  @EnumSource
  void noNegativeSaysWhatAPositiveSays(QuickstartDomain domain) {
    assertThat(lines(domain))
        .allSatisfy(line -> assertThat(contents(line, "negative_passages"))
            .doesNotHaveDuplicates()
            .doesNotContainAnyElementsOf(contents(line, "positive_passages")));
  }

  @ParameterizedTest
  @EnumSource
  void queryIdsAreUnique(QuickstartDomain domain) {
    assertThat(lines(domain))
        .extracting(line -> line.path("query_id").asText())
        .doesNotHaveDuplicates();
  }

  @Test
  void noPassageThatAnswersATestQueryIsSeenInTraining() throws IOException {
    var seen = new HashSet<String>();
    for (var domain : QuickstartCollection.domains()) {
      for (var line : lines(domain)) {
        seen.addAll(contents(line, "positive_passages"));
        seen.addAll(contents(line, "negative_passages"));
      }
    }
    for (var set : names(collection.resolve("eval"))) {
      var documents = documents(set);
      var relevant = qrels(set).values().stream()
          .map(document -> content(documents.get(document)))
          .collect(Collectors.toSet());
      relevant.retainAll(seen);
      assertThat(relevant).as(set).isEmpty();
    }
  }

  @Test
  void cleanDomainsAloneHaveATestSet() throws IOException {
    var expected = QuickstartCollection.domains().stream()
        .filter(domain -> domain.junk().isEmpty())
        .map(domain -> domain.id() + "_test")
        .collect(Collectors.toSet());
    expected.addAll(Set.of("arithmetic", "keywords", "museum", "timetable"));
    assertThat(names(collection.resolve("eval"))).isEqualTo(expected);
  }

  @Test
  void aQuarterAndMoreOfTheDomainsIsJunkOfThreeKinds() {
    assertThat(QuickstartCollection.domains()).hasSize(10);
    assertThat(QuickstartCollection.domains().stream().flatMap(domain -> domain.junk().stream()))
        .containsExactlyInAnyOrder(Junk.SWAPPED, Junk.SHUFFLED, Junk.OFF_TOPIC);
  }

  @Test
  void everyEvaluationSetIsConsistent() throws IOException {
    for (var set : names(collection.resolve("eval"))) {
      var queries = byId(set, "queries.jsonl");
      var qrels = qrels(set);
      assertThat(queries).as(set).hasSizeBetween(60, 150);
      assertThat(qrels.keySet()).as(set).isEqualTo(queries.keySet());
      assertThat(documents(set))
          .as(set)
          .hasSizeBetween(300, 3000)
          .containsKeys(qrels.values().toArray(String[]::new));
    }
  }

  @Test
  void leavesACompleteCollectionAlone() throws IOException {
    var file = collection.resolve("train/manual.jsonl");
    var written = Files.getLastModifiedTime(file);
    QuickstartCollection.write(collection);
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(written);
  }

  @Test
  void replacesAnOlderVersion(@TempDir Path other) throws IOException {
    Files.writeString(other.resolve("VERSION"), "quickstart collection 0\n");
    Files.writeString(other.resolve("left over"), "");
    QuickstartCollection.write(other);
    assertThat(contents(other)).isEqualTo(contents(collection));
  }

  @Test
  void refusesAFolderOfSomethingElse(@TempDir Path other) throws IOException {
    Files.writeString(other.resolve("thesis.tex"), "precious");
    assertThatThrownBy(() -> QuickstartCollection.write(other))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("choose an empty or a new folder");
    assertThat(other.resolve("thesis.tex")).hasContent("precious");
  }

  private static List<JsonNode> lines(QuickstartDomain domain) {
    return jsonLines(collection.resolve("train").resolve(domain.id() + ".jsonl"));
  }

  private static List<String> contents(JsonNode line, String passages) {
    var contents = new ArrayList<String>();
    line.path(passages).forEach(passage -> contents.add(content(passage)));
    return contents;
  }

  private static String content(JsonNode passage) {
    return passage.path("title").asText() + "\n" + passage.path("text").asText();
  }

  private static Map<String, JsonNode> documents(String set) {
    return byId(set, "corpus.jsonl");
  }

  private static Map<String, JsonNode> byId(String set, String file) {
    return jsonLines(collection.resolve("eval").resolve(set).resolve(file)).stream()
        .collect(Collectors.toMap(node -> node.path("_id").asText(), UnaryOperator.identity()));
  }

  /** Document by query. */
  private static Map<String, String> qrels(String set) throws IOException {
    var lines =
        Files.readAllLines(collection.resolve("eval").resolve(set).resolve("qrels/test.tsv"));
    assertThat(lines.get(0)).isEqualTo("query-id\tcorpus-id\tscore");
    return lines.stream()
        .skip(1)
        .map(line -> line.split("\t", -1))
        .peek(columns -> assertThat(columns[2]).isEqualTo("1"))
        .collect(Collectors.toMap(columns -> columns[0], columns -> columns[1]));
  }

  private static List<JsonNode> jsonLines(Path file) {
    var nodes = new ArrayList<JsonNode>();
    try {
      for (var line : Files.readAllLines(file)) {
        nodes.add(JSON.readTree(line));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return nodes;
  }

  private static Set<String> names(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    }
  }

  private static Map<String, String> contents(Path root) throws IOException {
    var contents = new TreeMap<String, String>();
    try (var files = Files.walk(root)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        contents.put(root.relativize(file).toString(), Files.readString(file));
      }
    }
    return contents;
  }
}
