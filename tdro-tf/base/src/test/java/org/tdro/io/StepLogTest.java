package org.tdro.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepLogTest {
  @TempDir
  Path folder;

  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("log");
  }

  private static Map<String, Object> values(Object loss, Object rate) {
    var values = new LinkedHashMap<String, Object>();
    values.put("loss", loss);
    values.put("rate", rate);
    return values;
  }

  @Test
  void theFirstLineDecidesTheColumns() {
    var log = StepLog.csv(file, "step");
    log.append(1, values(0.5, 1e-5f));
    log.append(2, Map.of("rate", 2, "other", 3));
    assertThat(file).hasContent("step,loss,rate\n1,0.5,1.0E-5\n2,,2\n");
  }

  @Test
  void cellsAreQuotedAndTheHeaderIsReadBack() {
    var columns = List.of("weight/a,b", "weight/\"c\"", "d");
    StepLog.csv(file, "step", columns).truncate(0);
    assertThat(file).hasContent("step,\"weight/a,b\",\"weight/\"\"c\"\"\",d\n");

    var again = StepLog.csv(file, "step");
    again.truncate(0);
    assertThat(again.columns()).isEqualTo(columns);
  }

  @Test
  void aResumedCsvLogIsCutBackAndLosesItsTornLine() throws IOException {
    Files.writeString(file, "step,loss\n1,0.5\n2,0.4\n3,0.3\n4,0.2\n1");
    var log = StepLog.csv(file, "step");
    log.truncate(2);
    log.append(3, Map.of("loss", 0.25));
    assertThat(file).hasContent("step,loss\n1,0.5\n2,0.4\n3,0.25\n");
  }

  @Test
  void aResumedJsonLogIsCutBackAndLosesItsTornLine() throws IOException {
    var log = StepLog.jsonLines(file, "step");
    for (int step = 1; step <= 4; step++) {
      log.append(step, Map.of("loss", step / 2.0, "weights", Map.of("nq", 0.5f)));
    }
    Files.writeString(file, "{\"step\":5,\"lo", StandardOpenOption.APPEND);
    log.truncate(2);
    assertThat(Files.readAllLines(file)).hasSize(2);
    assertThat(Files.readAllLines(file).get(1))
        .startsWith("{\"step\":2,")
        .contains("\"weights\":{\"nq\":0.5}");
  }

  @Test
  void anotherKindOfLogIsLeftAlone() throws IOException {
    Files.writeString(file, "epoch,loss\n0,0.5\n");
    assertThatThrownBy(() -> StepLog.csv(file, "step").truncate(0))
        .isInstanceOf(InputException.class)
        .hasMessage(file + ":1: not a log of steps: the first column is epoch");
    assertThatThrownBy(() -> StepLog.csv(file, "epoch", List.of("accuracy")).truncate(0))
        .isInstanceOf(InputException.class)
        .hasMessage(file + ":1: not a log of these columns; expected the header epoch,accuracy");
    assertThat(file).hasContent("epoch,loss\n0,0.5\n");
  }

  @Test
  void aLogWithSomeOfTheFixedColumnsKeepsThem() throws IOException {
    Files.writeString(file, "step,rate,loss\n1,2,0.5\n");
    var log = StepLog.csv(file, "step", List.of("rows", "loss", "rate"));
    log.truncate(1);
    log.append(2, Map.of("rows", 8, "loss", 0.25, "rate", 1));
    assertThat(file).hasContent("step,rate,loss\n1,2,0.5\n2,1,0.25\n");
  }

  @Test
  void aDamagedLineIsNamed() throws IOException {
    Files.writeString(file, "step,loss\n1,0.5\ngarbage\n");
    assertThatThrownBy(() -> StepLog.csv(file, "step").truncate(9))
        .hasMessage(file + ":3: expected the number of the step, found: garbage");
    Files.writeString(file, "{\"step\":1}\n{\"loss\":1}\n");
    assertThatThrownBy(() -> StepLog.jsonLines(file, "step").truncate(9))
        .hasMessage(file + ":2: has no step");
  }

  @Test
  void theLastValueOfEachColumnIsFoundAndATornLineIsNot() throws IOException {
    Files.writeString(file, "step,loss,dev\n1,0.5,0.1\n2,0.4,\n3,0.3,\n4,0.");
    assertThat(StepLog.last(file))
        .containsExactly(Map.entry("step", "3"), Map.entry("loss", "0.3"), Map.entry("dev", "0.1"));
  }

  @Test
  void theEndOfALongLogIsEnough() {
    var log = StepLog.csv(file, "step");
    for (int i = 1; i <= 2000; i++) {
      log.append(i, values("x".repeat(400), i * 0.5));
    }
    assertThat(StepLog.last(file)).containsEntry("step", "2000").containsEntry("rate", "1000.0");
  }
}
