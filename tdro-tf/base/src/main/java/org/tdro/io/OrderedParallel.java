package org.tdro.io;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/** Work on several threads whose results arrive in the order of the items, a bounded number of them in memory. */
public final class OrderedParallel {
  private OrderedParallel() {}

  /** Hands {@code work(item)} of each item to {@code sink}, which runs on the calling thread; an exception of either ends it. */
  public static <A, B> void forEach(
      Iterator<A> items, int threads, Function<A, B> work, Consumer<B> sink) {
    var executor = Executors.newFixedThreadPool(threads);
    try {
      var pending = new ArrayDeque<Future<B>>();
      while (items.hasNext()) {
        var item = items.next();
        pending.add(executor.submit(() -> work.apply(item)));
        if (pending.size() > 4 * threads) {
          sink.accept(await(pending.remove()));
        }
      }
      while (!pending.isEmpty()) {
        sink.accept(await(pending.remove()));
      }
    } finally {
      end(executor);
    }
  }

  /** Waits for running work: the caller then frees what the work uses, which may be native memory. */
  private static void end(ExecutorService executor) {
    executor.shutdownNow();
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = executor.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static <B> B await(Future<B> result) {
    try {
      return result.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for work on another thread", e);
    }
  }
}
