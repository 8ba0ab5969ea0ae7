package org.tdro.experiments.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProcessorShareTest {
  private static List<String> shares(int jobs, Integer... processors) {
    return IntStream.range(0, jobs)
        .mapToObj(
            job -> ProcessorShare.of(job, jobs, List.of(processors)).prefix().get(2))
        .toList();
  }

  @Test
  void processorsAreDividedWithoutRest() {
    assertThat(shares(2, 0, 1, 4, 5)).containsExactly("0,1", "4,5");
    assertThat(shares(3, 0, 1, 2, 3)).containsExactly("0", "1", "2,3");
    assertThat(shares(3, 0, 1)).containsExactly("0", "1", "0");
  }

  /** The number of threads decides bits, so it is that of all processors however many jobs run. */
  @Test
  void everyJobComputesWithTheThreadsOfTheWholeMachine() {
    assertThat(ProcessorShare.of(1, 2, List.of(0, 1, 2)).environment())
        .containsEntry("TF_NUM_INTRAOP_THREADS", "3");
  }

  @Test
  void listsOfProcessorsAreRead() {
    assertThat(ProcessorShare.numbers("0-2,8,10-11")).containsExactly(0, 1, 2, 8, 10, 11);
  }
}
