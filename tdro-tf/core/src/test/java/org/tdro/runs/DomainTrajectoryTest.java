package org.tdro.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.io.InputException;
import org.tdro.io.StepLog;
import org.tdro.keras.LogKey;
import org.tdro.keras.Logs;

class DomainTrajectoryTest {
  private static final List<String> DOMAINS = List.of("nq", "a,b");
  private static final LogKey<float[]> ROWS = LogKey.counts("domain_rows");
  private static final LogKey<float[]> LOSS = LogKey.means("domain_loss", ROWS);
  private static final LogKey<float[]> REFERENCE_LOSS = LogKey.means("domain_reference_loss", ROWS);
  private static final LogKey<float[]> WEIGHT = LogKey.vector("domain_weight");
  private static final String HEADER = "step,rows/nq,loss/nq,weight/nq,reference_loss/nq,"
      + "\"rows/a,b\",\"loss/a,b\",\"weight/a,b\",\"reference_loss/a,b\"";

  @TempDir
  Path folder;

  private DomainTrajectory begun(List<String> domains, long stepsDone) {
    var trajectory = new DomainTrajectory(file(), domains)
        .column("rows", ROWS)
        .column("loss", LOSS)
        .column("weight", WEIGHT)
        .column("reference_loss", REFERENCE_LOSS);
    trajectory.begin(stepsDone);
    return trajectory;
  }

  private Path file() {
    return folder.resolve("trajectory.csv");
  }

  private static void append(DomainTrajectory trajectory, long step) {
    var vectors = Map.of(
        "domain_rows", new float[] {0, 3},
        "domain_loss", new float[] {Float.NaN, 1e-9f},
        "domain_weight", new float[] {0.25f, 0.75f});
    trajectory.onTrainBatchEnd(null, step, new Logs(Map.of(), vectors));
  }

  private static String text(long step) {
    return step + ",0.0,,0.25,,3.0,1.0E-9,0.75,";
  }

  @Test
  void holdsALineForEachStepAndIsReadableWhileItGrows() {
    append(begun(DOMAINS, 0), 1);
    assertThat(file()).hasContent(HEADER + "\n" + text(1) + "\n");
  }

  @Test
  void aResumedRunCutsItBackToTheStepsDone() throws IOException {
    var trajectory = begun(DOMAINS, 0);
    for (int step = 1; step <= 30; step++) {
      append(trajectory, step);
    }
    Files.writeString(file(), Files.readString(file()) + "1");
    append(begun(DOMAINS, 2), 3);
    assertThat(Files.readAllLines(file())).containsExactly(HEADER, text(1), text(2), text(3));
    assertThat(folder.toFile().list()).containsExactly("trajectory.csv");
  }

  @Test
  void theTrajectoryOfOtherDomainsIsLeftAlone() {
    begun(DOMAINS, 0);
    assertThatThrownBy(() -> begun(List.of("nq"), 0))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file() + ":1: ");
    assertThat(file()).hasContent(HEADER + "\n");
  }

  @Test
  void aRunThatAnEarlierBuildBeganKeepsItsColumns() throws IOException {
    var begun = "step,weight/nq,loss/nq,\"weight/a,b\",\"loss/a,b\"\n1,0.5,2.0,0.5,\n2,";
    Files.writeString(file(), begun);
    append(begun(DOMAINS, 1), 2);
    assertThat(file()).hasContent(begun.substring(0, begun.length() - 2) + "2,0.25,,0.75,1.0E-9\n");
    assertThat(StepLog.rows(file())).hasSize(2);
  }
}
