package org.tdro.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.tdro.io.InputException;

class PrefetcherTest {
  @Test
  void valuesComeInOrderWhateverTheThreads() {
    try (var prefetcher = new Prefetcher<>(index -> index * index, 4, 3)) {
      for (long i = 0L; i < 1000; i++) {
        assertThat(prefetcher.get(i)).isEqualTo(i * i);
      }
    }
  }

  @Test
  void aJumpStartsAgainThere() {
    try (var prefetcher = new Prefetcher<>(index -> -index, 4, 2)) {
      for (var index : new long[] {0, 1, 500, 501, 7, 8, 8, 9}) {
        assertThat(prefetcher.get(index)).isEqualTo(-index);
      }
    }
  }

  @Test
  void computesAheadButNotFurtherThanItsDepth() throws InterruptedException {
    var computed = ConcurrentHashMap.<Long>newKeySet();
    var ahead = new CountDownLatch(4);
    try (var prefetcher = new Prefetcher<>(
        index -> {
          computed.add(index);
          ahead.countDown();
          return index;
        },
        3,
        1)) {
      prefetcher.get(0);
      // 0 was taken, 1 to 3 are ahead.
      assertThat(ahead.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(computed).containsExactlyInAnyOrder(0L, 1L, 2L, 3L);
    }
  }

  @Test
  void whatTheSourceThrowsComesOutAtItsIndexOnly() {
    try (var prefetcher = new Prefetcher<>(
        index -> {
          if (index == 2) {
            throw new InputException("row 2 is bad");
          }
          return index;
        },
        4,
        2)) {
      assertThat(prefetcher.get(0)).isZero();
      assertThat(prefetcher.get(1)).isEqualTo(1);
      assertThatThrownBy(() -> prefetcher.get(2))
          .isInstanceOf(InputException.class)
          .hasMessage("row 2 is bad");
      assertThat(prefetcher.get(3)).isEqualTo(3);
    }
  }

  @Test
  void closingEndsItsThreads() {
    var threads = new ConcurrentLinkedQueue<Thread>();
    var prefetcher = new Prefetcher<>(
        index -> {
          threads.add(Thread.currentThread());
          return index;
        },
        2,
        2);
    prefetcher.get(0);
    prefetcher.close();
    assertThat(threads).isNotEmpty().noneMatch(Thread::isAlive);
    assertThatThrownBy(() -> prefetcher.get(1)).isInstanceOf(IllegalStateException.class);
  }
}
