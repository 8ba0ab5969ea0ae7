package org.tdro.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With an encoder whose embedding of a row is its first id, and which refuses the id 13. */
@Timeout(60)
class BatcherTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch open = new CountDownLatch(1);
  private final CountDownLatch begun = new CountDownLatch(1);
  private final ExecutorService clients = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    open.countDown();
    clients.shutdownNow();
  }

  private float[][] encode(List<TokenRow> rows) {
    begun.countDown();
    try {
      open.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    sizes.add(rows.size());
    return rows.stream()
        .map(row -> {
          if (row.ids()[0] == 13) {
            throw ApiException.badRequest("thirteen");
          }
          return new float[] {row.ids()[0]};
        })
        .toArray(float[][]::new);
  }

  private Batcher<TokenRow> batcher(int texts, Duration timeout, Duration patience) {
    return new Batcher<>(
        "test",
        (rows, caller) -> encode(rows),
        new ServerOptions.Batching(texts, timeout),
        patience);
  }

  private static List<TokenRow> rows(int... ids) {
    return java.util.Arrays.stream(ids)
        .mapToObj(id -> TokenRow.of(new int[] {id}))
        .toList();
  }

  private CompletableFuture<float[][]> ask(Batcher<TokenRow> batcher, int... ids) {
    return CompletableFuture.supplyAsync(() -> batcher.encode(rows(ids), Caller.PATIENT), clients);
  }

  /** While the first is computed, the others arrive. */
  private List<CompletableFuture<float[][]>> askWhileBusy(
      Batcher<TokenRow> batcher, int[]... requests) throws InterruptedException {
    var answers = new ArrayList<CompletableFuture<float[][]>>();
    answers.add(ask(batcher, 0));
    begun.await();
    for (var request : requests) {
      answers.add(ask(batcher, request));
      int waiting = answers.size() - 1;
      while (batcher.waiting() < waiting) {
        Thread.sleep(1);
      }
    }
    open.countDown();
    return answers;
  }

  @Test
  void requestsThatWaitAreComputedTogetherAndEachGetsItsOwn() throws Exception {
    try (var batcher = batcher(8, Duration.ZERO, PATIENCE)) {
      var answers = askWhileBusy(batcher, new int[] {1, 2}, new int[] {3}, new int[] {4, 5, 6});
      assertThat(answers.get(1).get()).isDeepEqualTo(new float[][] {{1}, {2}});
      assertThat(answers.get(2).get()).isDeepEqualTo(new float[][] {{3}});
      assertThat(answers.get(3).get()).isDeepEqualTo(new float[][] {{4}, {5}, {6}});
      assertThat(sizes).containsExactly(1, 6);
    }
  }

  @Test
  void aBatchIsNoLargerThanAllowed() throws Exception {
    try (var batcher = batcher(4, Duration.ZERO, PATIENCE)) {
      var answers = askWhileBusy(batcher, new int[] {1, 2, 3}, new int[] {4, 5}, new int[] {6, 7});
      assertThat(answers.get(3).get()).isDeepEqualTo(new float[][] {{6}, {7}});
      assertThat(answers.get(1).get()).isDeepEqualTo(new float[][] {{1}, {2}, {3}});
      assertThat(sizes).containsExactly(1, 3, 4);
    }
  }

  @Test
  void aRequestLargerThanABatchIsComputedInSlices() {
    open.countDown();
    try (var batcher = batcher(2, Duration.ZERO, PATIENCE)) {
      assertThat(batcher.encode(rows(1, 2, 3, 4, 5), Caller.PATIENT))
          .isDeepEqualTo(new float[][] {{1}, {2}, {3}, {4}, {5}});
      assertThat(sizes).containsExactly(2, 2, 1);
    }
  }

  @Test
  void theFirstRequestWaitsForAnother() throws Exception {
    open.countDown();
    try (var batcher = batcher(2, Duration.ofSeconds(30), PATIENCE)) {
      var first = ask(batcher, 1);
      var second = ask(batcher, 2);
      assertThat(first.get()).isDeepEqualTo(new float[][] {{1}});
      assertThat(second.get()).isDeepEqualTo(new float[][] {{2}});
      assertThat(sizes).containsExactly(2);
    }
  }

  @Test
  void aLoneRequestIsComputedAfterTheTimeout() {
    open.countDown();
    try (var batcher = batcher(8, Duration.ofMillis(20), PATIENCE)) {
      assertThat(batcher.encode(rows(7), Caller.PATIENT)).isDeepEqualTo(new float[][] {{7}});
      assertThat(sizes).containsExactly(1);
    }
  }

  @Test
  void aRequestThatIsRefusedDoesNotHarmTheOthersOfItsBatch() throws Exception {
    try (var batcher = batcher(8, Duration.ZERO, PATIENCE)) {
      var answers = askWhileBusy(batcher, new int[] {1}, new int[] {13}, new int[] {2});
      assertThat(answers.get(1).get()).isDeepEqualTo(new float[][] {{1}});
      assertThat(answers.get(3).get()).isDeepEqualTo(new float[][] {{2}});
      assertThatThrownBy(() -> answers.get(2).get())
          .hasCauseInstanceOf(ApiException.class)
          .hasMessageContaining("thirteen");
    }
  }

  @Test
  void whoWaitsTooLongIsRefusedAndNotComputed() throws Exception {
    try (var batcher = batcher(8, Duration.ZERO, Duration.ofMillis(50))) {
      var busy = ask(batcher, 0);
      begun.await();
      assertThatThrownBy(() -> batcher.encode(rows(1), Caller.PATIENT))
          .isInstanceOfSatisfying(
              ApiException.class, e -> assertThat(e.status()).isEqualTo(503));
      assertThatThrownBy(busy::get).hasCauseInstanceOf(ApiException.class);
      open.countDown();
      try (var next = batcher(8, Duration.ZERO, PATIENCE)) {
        assertThat(next.encode(rows(2), Caller.PATIENT)).isDeepEqualTo(new float[][] {{2}});
      }
      while (batcher.waiting() > 0) {
        Thread.sleep(1);
      }
      assertThat(sizes).containsOnly(1);
      assertThat(sizes.size()).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void nothingIsComputedForACallerWhoIsGone() throws Exception {
    var givingUp = new AtomicReference<Runnable>();
    Caller caller = new Caller() {
      @Override
      public boolean isGone() {
        return false;
      }

      @Override
      public void whenGone(Runnable action) {
        givingUp.set(action);
      }
    };
    try (var batcher = batcher(8, Duration.ZERO, PATIENCE)) {
      var busy = ask(batcher, 0);
      begun.await();
      var waiting =
          CompletableFuture.supplyAsync(() -> batcher.encode(rows(1, 2), caller), clients);
      while (batcher.waiting() < 1) {
        Thread.sleep(1);
      }
      givingUp.get().run();
      assertThatThrownBy(waiting::get)
          .hasCauseInstanceOf(ApiException.class)
          .hasMessageContaining("the caller no longer waits");
      open.countDown();
      busy.get();
      assertThat(batcher.encode(rows(3), Caller.PATIENT)).isDeepEqualTo(new float[][] {{3}});
      assertThat(sizes).containsExactly(1, 1);
    }
  }

  @Test
  void anErrorOfTheEncoderDoesNotEndTheThread() {
    open.countDown();
    Encoder<TokenRow> failing = (rows, caller) -> {
      if (rows.get(0).ids()[0] == 13) {
        throw new OutOfMemoryError("none");
      }
      return encode(rows);
    };
    try (var batcher =
        new Batcher<>("test", failing, new ServerOptions.Batching(8, Duration.ZERO), PATIENCE)) {
      assertThatThrownBy(() -> batcher.encode(rows(13), Caller.PATIENT))
          .hasRootCauseInstanceOf(OutOfMemoryError.class);
      assertThat(batcher.encode(rows(1), Caller.PATIENT)).isDeepEqualTo(new float[][] {{1}});
    }
  }
}
