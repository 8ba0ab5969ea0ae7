package org.tdro.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.config.ConfigComposer;
import org.tdro.config.ConfigException;
import org.tdro.data.ImportedRows;
import org.tdro.io.InputException;
import org.tdro.testing.Checkout;
import org.tdro.training.config.RunConfig;

class ChosenRowsTest {
  @TempDir
  private Path folder;

  @BeforeEach
  void write() {
    for (var name : List.of("mnli", "quiz", "snli")) {
      ImportedRows.write(
          folder.resolve("rows/" + name + ".jsonl"),
          IntStream.range(0, 20)
              .mapToObj(i -> ImportedRows.row(name + i, name + " query" + i, 1, 1))
              .toArray(String[]::new));
    }
  }

  private ChosenRows chosen(String... arguments) {
    var all = new ArrayList<>(
        List.of("data=" + folder.resolve("rows"), "data.cache=" + folder.resolve("cache")));
    all.addAll(List.of(arguments));
    return new ChosenRows(new ConfigComposer<>(RunConfig.SCHEMA, List.of(Checkout.path("configs")))
        .compose(all)
        .config()
        .data());
  }

  private static List<String> ids(Path file) throws IOException {
    return Files.readAllLines(file).stream().map(line -> line.split("\"", 5)[3]).toList();
  }

  @Test
  void withoutAChoiceTheFilesAreRead() {
    assertThat(chosen().folder(2)).isEqualTo(folder.resolve("rows"));
    assertThat(chosen().members().keySet()).containsExactly("mnli", "quiz", "snli");
  }

  @Test
  void filesAreGroupedAndCapped() throws IOException {
    var rows = chosen("data.groups.nli=[snli,mnli]", "data.max-rows=12", "data.max-rows-of.quiz=3");
    assertThat(rows.members().keySet()).containsExactly("nli", "quiz");
    var written = rows.folder(2);
    assertThat(ids(written.resolve("quiz.jsonl"))).hasSize(3);
    var nli = ids(written.resolve("nli.jsonl"));
    assertThat(nli).hasSize(12).anyMatch(id -> id.startsWith("mnli"));
    assertThat(nli.get(0)).startsWith("snli");
    var larger = chosen("data.groups.nli=[snli,mnli]", "data.max-rows=25").folder(2);
    assertThat(larger).isNotEqualTo(written);
    assertThat(ids(larger.resolve("nli.jsonl"))).containsAll(nli);
    // Other rows are another folder.
    write(folder.resolve("rows/quiz.jsonl"));
    assertThat(chosen("data.max-rows-of.quiz=3", "data.groups.nli=[snli,mnli]", "data.max-rows=12")
            .folder(2))
        .isNotEqualTo(written);
  }

  private static void write(Path file) {
    ImportedRows.write(file, ImportedRows.row("q", "other", 1, 1));
  }

  @Test
  void namesThatCannotBeAreTold() {
    assertThatThrownBy(() -> chosen(
                "data.groups.nli=[snli,xnli]", "data.groups.quiz=[mnli]", "data.max-rows-of.none=1")
            .members())
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(
            "data.groups.nli names xnli, but",
            "data.groups.quiz has the name of a file that it does not hold",
            "data.max-rows-of.none is not a domain; there are nli, quiz");
    assertThatThrownBy(
            () -> chosen("data.max-rows=0", "data.groups.a=[snli]", "data.groups.b=[snli]"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContainingAll(
            "data.max-rows must be at least 1", "data.groups must name each file once");
  }
}
