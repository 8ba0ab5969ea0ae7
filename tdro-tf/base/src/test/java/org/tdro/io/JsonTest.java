package org.tdro.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  record Domain(String name, int rowCount) {
    Domain {
      new Checks().atLeast(1, "row_count", rowCount).done();
    }
  }

  record Mixture(List<Domain> domains) {}

  @TempDir
  Path folder;

  @Test
  void whatIsWrittenReadsBack() throws IOException {
    var file = folder.resolve("a/mixture.json");
    var mixture = new Mixture(List.of(new Domain("nq", 3)));
    Json.write(file, mixture);
    assertThat(Json.read(file, Mixture.class)).isEqualTo(mixture);
    assertThat(Files.readString(file)).contains("\"row_count\" : 3").endsWith("}\n");
    assertThat(Json.read(file).at("/domains/0/name").textValue()).isEqualTo("nq");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      {"domains": [{"name": "nq", "row_count": 0}]} | : domains[0]: row_count must be at least 1, was 0
      {"domains": [{"name": "nq", "row_count": 1.5}]} | : domains[0].row_count: Cannot coerce
      {"domains": [{"name": null, "row_count": 1}]} | : domains[0].name: is missing, or null
      {"domains": [], "domains": []} | :1: not valid JSON: Duplicate field 'domains'
      {"domains": [} | :1: not valid JSON: Unexpected close marker
      """)
  void whatIsWrongIsToldWithItsPlace(String json, String problem) throws IOException {
    var file = Files.writeString(folder.resolve("mixture.json"), json);
    assertThatThrownBy(() -> Json.read(file, Mixture.class))
        .isInstanceOf(InputException.class)
        .message()
        .contains(problem);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null"})
  void aRecordIsNeverNull(String json) throws IOException {
    var file = Files.writeString(folder.resolve("mixture.json"), json);
    assertThatThrownBy(() -> Json.read(file, Mixture.class))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + ": ");
  }

  @Test
  void anEmptyFileIsNoTree() throws IOException {
    var file = Files.writeString(folder.resolve("empty.json"), "");
    assertThatThrownBy(() -> Json.read(file))
        .isInstanceOf(InputException.class)
        .hasMessage(file + ": holds no value");
  }

  @Test
  void aFileOfAnotherProgramIsReadAsPythonDoes() throws IOException {
    var file = Files.writeString(folder.resolve("config.json"), "{\"layers\": 1, \"layers\": 2}");
    assertThat(Json.readLeniently(file).path("layers").intValue()).isEqualTo(2);
    Files.writeString(file, "{\n\"layers\": }");
    assertThatThrownBy(() -> Json.readLeniently(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + ":2: not valid JSON: ");
  }

  @Test
  void aMissingFileIsNamed() {
    var file = folder.resolve("none.json");
    assertThatThrownBy(() -> Json.read(file))
        .isInstanceOf(InputException.class)
        .hasMessage(file + ": there is no such file");
  }
}
