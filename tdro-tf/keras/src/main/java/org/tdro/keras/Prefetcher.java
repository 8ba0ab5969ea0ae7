package org.tdro.keras;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.stream.IntStream;

/**
 * Computes the values of a function of 0, 1, 2, … ahead of the caller, on its own daemon threads. Asking for an index that does
 * not follow the last one restarts there. One caller at a time.
 */
public final class Prefetcher<T> implements AutoCloseable {
  private final LongFunction<T> source;
  private final Consumer<? super T> discard;
  private final int depth;
  private final Thread[] workers;
  private final Object lock = new Object();

  // All guarded by the lock: finished values by index, the next index asked for, the next to
  // compute, and the number of jumps.
  private final Map<Long, Result<T>> finished = new HashMap<>();
  private long expected;
  private long next;
  private long jumps;
  private boolean closed;

  private record Result<T>(T value, Throwable failure) {}

  /**
   * Starts to compute at 0.
   *
   * @param source a pure function, safe to call from several threads
   * @param depth how many values may wait, at least 1
   * @param threads how many compute, at least 1
   */
  public Prefetcher(LongFunction<T> source, int depth, int threads) {
    this(source, depth, threads, value -> {});
  }

  /**
   * Starts to compute at 0.
   *
   * @param source a pure function, safe to call from several threads
   * @param depth how many values may wait, at least 1
   * @param threads how many compute, at least 1
   * @param discard is given the values that nobody will ask for
   */
  public Prefetcher(LongFunction<T> source, int depth, int threads, Consumer<? super T> discard) {
    if (depth < 1 || threads < 1) {
      throw new IllegalArgumentException(
          "depth and threads must be at least 1, were %d and %d".formatted(depth, threads));
    }
    this.source = source;
    this.discard = discard;
    this.depth = depth;
    this.workers = IntStream.range(0, threads)
        .mapToObj(i -> new Thread(this::work, "prefetch-" + i))
        .toArray(Thread[]::new);
    for (var worker : workers) {
      worker.setDaemon(true);
      worker.start();
    }
  }

  /**
   * The value at an index; waits until it is computed.
   *
   * @throws RuntimeException what the source threw for this index
   */
  public T get(long index) {
    Result<T> result;
    synchronized (lock) {
      if (index != expected) {
        discardFinished();
        jumps++;
        next = index;
      }
      expected = index + 1;
      lock.notifyAll();
      awaitUntil(() -> closed || finished.containsKey(index));
      if (closed) {
        throw new IllegalStateException("the prefetcher is closed");
      }
      result = finished.remove(index);
    }
    if (result.failure() instanceof RuntimeException e) {
      throw e;
    }
    if (result.failure() instanceof Error e) {
      throw e;
    }
    return result.value();
  }

  /** Returns the number of values that are computed and wait; may be called from any thread. */
  public int waiting() {
    synchronized (lock) {
      return finished.size();
    }
  }

  /** Ends the threads and waits until they are gone. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      discardFinished();
      lock.notifyAll();
    }
    for (var worker : workers) {
      try {
        worker.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Call it holding the lock. */
  private void discardFinished() {
    finished.values().forEach(this::discard);
    finished.clear();
  }

  private void discard(Result<T> result) {
    if (result.failure() == null) {
      discard.accept(result.value());
    }
  }

  private void work() {
    while (true) {
      long index;
      long jump;
      synchronized (lock) {
        awaitUntil(() -> closed || next < expected + depth);
        if (closed) {
          return;
        }
        index = next++;
        jump = jumps;
      }
      var result = compute(index);
      synchronized (lock) {
        // A value computed before a jump is of no use after it.
        if (jump == jumps && !closed) {
          finished.put(index, result);
        } else {
          discard(result);
        }
        lock.notifyAll();
      }
    }
  }

  private Result<T> compute(long index) {
    try {
      return new Result<>(source.apply(index), null);
    } catch (RuntimeException | Error e) {
      return new Result<>(null, e);
    }
  }

  /** Call it holding the lock. */
  private void awaitUntil(BooleanSupplier condition) {
    try {
      while (!condition.getAsBoolean()) {
        lock.wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a batch", e);
    }
  }
}
