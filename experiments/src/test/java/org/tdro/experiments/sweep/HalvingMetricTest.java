package org.tdro.experiments.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HalvingMetricTest {
  @TempDir
  private Path run;

  @Test
  void theLossIsTheMeanOfTheLastTenth() throws IOException {
    var rows = IntStream.rangeClosed(1, 20).mapToObj(step -> step + "," + (100 - step) + ",");
    Files.writeString(
        run.resolve("log.csv"),
        Stream.concat(Stream.of("step,loss,dev/MRR"), rows)
            .collect(Collectors.joining("\n", "", "\n")));
    assertThat(new HalvingMetric("loss").of(run)).hasValue(80.5);
    assertThat(new HalvingMetric("dev/MRR").of(run)).isEmpty();
    assertThat(new HalvingMetric("dev/other").of(run)).isEmpty();
  }

  @Test
  void aMeasureIsItsLastValue() throws IOException {
    Files.writeString(run.resolve("log.csv"), "step,loss,dev/MRR\n1,3,0.5\n2,3,0.7\n3,2,\n");
    assertThat(new HalvingMetric("dev/MRR").of(run)).hasValue(0.7);
  }

  @Test
  void aLowLossAndAHighMeasureAreBest() {
    assertThat(Stream.of(2.0, 1.0).sorted(new HalvingMetric("loss").best()))
        .containsExactly(1.0, 2.0);
    assertThat(Stream.of(1.0, 2.0).sorted(new HalvingMetric("dev/MRR").best()))
        .containsExactly(2.0, 1.0);
  }
}
