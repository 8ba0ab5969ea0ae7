package org.tdro.experiments.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ServerLoadTest {
  private static final Duration SHORT = Duration.ofMillis(50);

  @Test
  void textsAreSentInTurnInRequestsOfTheSameSize() {
    var requests = new ConcurrentLinkedQueue<List<String>>();
    var report = new ServerLoad(requests::add, List.of("a", "b", "c"), 2, 1).run(SHORT);
    assertThat(requests)
        .hasSize(report.answered())
        .startsWith(List.of("a", "b"), List.of("c", "a"), List.of("b", "c"), List.of("a", "b"));
    assertThat(report.failed()).isZero();
    assertThat(report.textsPerSecond()).isEqualTo(2 * report.requestsPerSecond());
  }

  /** The first requests end once there are four of them: three callers would wait for ever. */
  @Test
  @Timeout(30)
  void soManyRequestsAreInProgressAtATime() {
    var four = new CountDownLatch(4);
    var report = new ServerLoad(
            texts -> {
              four.countDown();
              try {
                four.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            },
            List.of("a"),
            1,
            4)
        .run(Duration.ofNanos(1));
    assertThat(report.answered()).isEqualTo(4);
  }

  @Test
  void failuresAreCountedByWhatWasSaid() {
    var report = new ServerLoad(
            texts -> {
              if (texts.contains("bad")) {
                throw new UncheckedIOException(new IOException("cannot be reached"));
              }
            },
            List.of("good", "bad"),
            1,
            1)
        .run(SHORT);
    assertThat(report.failed())
        .isPositive()
        .isBetween(report.answered() - 1L, report.answered() + 0L);
    assertThat(report.failures())
        .containsExactly(Map.entry("java.io.IOException: cannot be reached", report.failed()));
  }

  @Test
  void otherFaultsAreNotTakenForTheServers() {
    var load = new ServerLoad(
        texts -> {
          throw new IllegalStateException("a fault of the program");
        },
        List.of("a"),
        1,
        2);
    assertThatThrownBy(() -> load.run(SHORT)).hasMessage("a fault of the program");
  }

  @Test
  void percentilesAreNearestRanks() {
    var nanos = LongStream.rangeClosed(1, 200).map(i -> i * 1_000_000).toArray();
    var report = new ServerLoadReport(1, 2, nanos, Map.of());
    assertThat(report.millis(0)).isEqualTo(1);
    assertThat(report.millis(0.5)).isEqualTo(100);
    assertThat(report.millis(0.99)).isEqualTo(198);
    assertThat(report.millis(1)).isEqualTo(200);
    assertThat(report.meanMillis()).isEqualTo(100.5);
    assertThat(report.requestsPerSecond()).isEqualTo(100);
  }

  @Test
  void withoutAnswersThereAreNoTimes() {
    var report = new ServerLoadReport(1, 2, new long[0], Map.of("busy", 3L));
    assertThat(report.failed()).isEqualTo(3);
    assertThat(report.millis(0.5)).isNaN();
    assertThat(report.values().entrySet().stream()
            .filter(entry -> entry.getValue() == null)
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet()))
        .containsExactlyInAnyOrder("mean_ms", "p50_ms", "p90_ms", "p99_ms", "max_ms");
  }
}
