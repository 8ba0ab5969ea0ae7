package org.tdro.mixing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.io.InputException;
import org.tdro.mixing.WeightTrajectory.Line;
import org.tdro.mixing.WeightTrajectory.Point;

class WeightTrajectoryTest {
  private static final List<String> DOMAINS = List.of("nq", "a,b");
  private static final String HEADER = "step,weight/nq,measure/nq,loss/nq,reference_loss/nq,"
      + "\"weight/a,b\",\"measure/a,b\",\"loss/a,b\",\"reference_loss/a,b\"";

  @TempDir
  Path folder;

  private static Line line(long step) {
    return new Line(
        step, List.of(new Point(0.25f, 1.5f, 2, Float.NaN), new Point(0.75f, 0, 1e-9f, 3)));
  }

  private static String text(long step) {
    return step + ",0.25,1.5,2.0,,0.75,0.0,1.0E-9,3.0";
  }

  @Test
  void holdsALineForEachStepAndIsReadableWhileItGrows() throws IOException {
    var file = folder.resolve("trajectory.csv");
    var trajectory = WeightTrajectory.open(file, DOMAINS, 0);
    trajectory.append(line(1));
    assertThat(file).hasContent(HEADER + "\n" + text(1) + "\n");
  }

  @Test
  void aResumedRunCutsItBackToTheStepsDone() throws IOException {
    var file = folder.resolve("trajectory.csv");
    var trajectory = WeightTrajectory.open(file, DOMAINS, 0);
    for (int step = 1; step <= 30; step++) {
      trajectory.append(line(step));
    }
    Files.writeString(file, Files.readString(file) + "1");
    WeightTrajectory.open(file, DOMAINS, 2).append(line(3));
    assertThat(Files.readAllLines(file)).containsExactly(HEADER, text(1), text(2), text(3));
    assertThat(folder.toFile().list()).containsExactly("trajectory.csv");
  }

  @Test
  void theTrajectoryOfOtherDomainsIsLeftAlone() throws IOException {
    var file = folder.resolve("trajectory.csv");
    WeightTrajectory.open(file, DOMAINS, 0);
    assertThatThrownBy(() -> WeightTrajectory.open(file, List.of("nq"), 0))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + ":1: ");
    assertThat(file).hasContent(HEADER + "\n");
  }
}
