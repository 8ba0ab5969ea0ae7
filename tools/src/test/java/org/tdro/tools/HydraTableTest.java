package org.tdro.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tdro.testing.Checkout;

/** The tables of Hydra's forms in docs/configuration.md: every row is run by {@code tdro config}. */
class HydraTableTest {
  private static final String REFUSED = "refused: ";
  private static final Pattern CODE = Pattern.compile("`([^`]*)`");
  private static final Pattern WORD = Pattern.compile("'[^']*'|\"[^\"]*\"|\\S+");

  @TempDir
  Path folder;

  /**
   * A row.
   *
   * @param given arguments, or the content of a file
   * @param result what is printed, in code, or refused
   * @param isFile whether {@code given} is a file
   */
  private record Row(String given, String result, boolean isFile) {
    static Row of(String line, boolean isFile) {
      var cells = line.split(" \\| ", -1);
      assertThat(cells).as(line).hasSize(3);
      return new Row(code(cells[1]).get(0), cells[2], isFile);
    }

    private static List<String> code(String cell) {
      return CODE.matcher(cell).results().map(found -> found.group(1)).toList();
    }

    private boolean isRefused() {
      return result.startsWith(REFUSED);
    }

    /** Returns what must be printed: of a refusal the first code, for others may follow as advice. */
    private List<String> expected() {
      return isRefused() ? code(result).subList(0, 1) : code(result);
    }

    @Override
    public String toString() {
      return given;
    }
  }

  @BeforeAll
  static void useTheRepositorysConfiguration() {
    System.setProperty("tdro.configs", Checkout.path("configs").toString());
  }

  static List<Row> rows() throws IOException {
    var rows = new ArrayList<Row>();
    boolean within = false;
    boolean areFiles = false;
    for (var line : Files.readAllLines(Checkout.path("docs/configuration.md"))) {
      within = line.startsWith("## ") ? line.equals("## From Hydra") : within;
      if (within && line.startsWith("| Hydra")) {
        areFiles = line.contains("config.conf");
      } else if (within && line.startsWith("| ")) {
        rows.add(Row.of(line.substring(2, line.length() - 2), areFiles));
      }
    }
    return rows;
  }

  @ParameterizedTest
  @MethodSource("rows")
  void theTableIsTrue(Row row) throws IOException {
    var arguments = Stream.of("config");
    if (row.isFile()) {
      Files.writeString(folder.resolve("config.conf"), row.given().replace("], ", "]\n") + "\n");
      arguments = Stream.concat(arguments, Stream.of("--config-dir", folder.toString()));
    } else {
      arguments = Stream.concat(
          arguments,
          WORD.matcher(row.given())
              .results()
              .map(word -> word.group().replaceAll("^(['\"])(.*)\\1$", "$2")));
    }
    var out = new StringWriter();
    var err = new StringWriter();
    int code =
        Main.run(arguments.toArray(String[]::new), new PrintWriter(out), new PrintWriter(err));
    assertThat(code).as(err.toString()).isEqualTo(row.isRefused() ? 2 : 0);
    var printed = (row.isRefused() ? err : out).toString().replaceAll(" +", " ");
    assertThat(printed).contains(row.expected());
  }

  @Test
  void bothTablesAreRead() throws IOException {
    assertThat(rows()).hasSizeGreaterThan(60).anyMatch(Row::isFile).anyMatch(Row::isRefused);
  }
}
