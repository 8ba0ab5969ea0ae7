package org.tdro.serving;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Joins the requests of one signature that arrive within a short time, in a thread of its own. Those that arrive while a
 * batch is computed make up the next one, so under load nobody waits for the timeout.
 */
final class Batcher<R> implements Encoder<R>, AutoCloseable {
  private final Encoder<R> model;
  private final ServerOptions.Batching options;
  private final long patienceNanos;
  private final BlockingQueue<Waiting<R>> queue = new LinkedBlockingQueue<>();
  private final Thread thread;

  /** The request that came too late for a batch and starts the next one. */
  private Waiting<R> carried;

  private record Waiting<R>(List<R> rows, long since, CompletableFuture<float[][]> result) {}

  Batcher(String name, Encoder<R> model, ServerOptions.Batching options, Duration patience) {
    this.model = model;
    this.options = options;
    this.patienceNanos = patience.toNanos();
    thread = new Thread(this::work, "batches of " + name);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Waits for the embeddings of a request.
   *
   * @throws ApiException 503 if they take too long
   */
  @Override
  public float[][] encode(List<R> rows, Caller caller) {
    var waiting = new Waiting<>(rows, System.nanoTime(), new CompletableFuture<>());
    queue.add(waiting);
    caller.whenGone(() -> giveUp(waiting));
    try {
      return waiting.result().get(patienceNanos, TimeUnit.NANOSECONDS);
    } catch (CancellationException e) {
      throw Caller.gone();
    } catch (TimeoutException e) {
      giveUp(waiting);
      throw new ApiException(503, "the model is too busy; try again later");
    } catch (InterruptedException e) {
      giveUp(waiting);
      Thread.currentThread().interrupt();
      throw RequestsInProgress.stopping();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ApiException known) {
        // Thrown anew: the trace of the batching thread says nothing about this request.
        throw new ApiException(known.status(), known.getMessage());
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Gives a request up, which then does not keep its rows until its turn comes. */
  @SuppressWarnings("ReferenceEquality") // this request, not an equal one
  private void giveUp(Waiting<R> waiting) {
    if (waiting.result().cancel(false)) {
      queue.removeIf(other -> other == waiting);
    }
  }

  /** Returns the number of requests that wait to become part of a batch. */
  int waiting() {
    return queue.size();
  }

  /** Stops the thread; call it once no request waits any more. */
  @Override
  public void close() {
    thread.interrupt();
  }

  private void work() {
    try {
      while (true) {
        compute(next());
      }
    } catch (InterruptedException e) {
      queue.forEach(
          waiting -> waiting.result().completeExceptionally(RequestsInProgress.stopping()));
    }
  }

  private List<Waiting<R>> next() throws InterruptedException {
    var first = carried == null ? queue.take() : carried;
    carried = null;
    var batch = new ArrayList<Waiting<R>>();
    int texts = add(batch, first);
    while (texts < options.texts()) {
      long rest = first.since() + options.timeout().toNanos() - System.nanoTime();
      var another = queue.poll(Math.max(0, rest), TimeUnit.NANOSECONDS);
      if (another == null) {
        break;
      }
      if (texts + another.rows().size() > options.texts()) {
        carried = another;
        break;
      }
      texts += add(batch, another);
    }
    return batch;
  }

  /** Adds a request to a batch, unless it was given up; returns the number of its texts there. */
  private int add(List<Waiting<R>> batch, Waiting<R> waiting) {
    if (waiting.result().isDone()) {
      return 0;
    }
    batch.add(waiting);
    return waiting.rows().size();
  }

  private void compute(List<Waiting<R>> assembled) {
    // While others were waited for, some may have been given up.
    var batch = assembled.stream().filter(waiting -> !waiting.result().isDone()).toList();
    if (batch.isEmpty()) {
      return;
    }
    try {
      var rows = batch.stream().flatMap(waiting -> waiting.rows().stream()).toList();
      var embeddings = inSlices(batch, rows);
      int from = 0;
      for (var waiting : batch) {
        int to = from + waiting.rows().size();
        waiting.result().complete(Arrays.copyOfRange(embeddings, from, to));
        from = to;
      }
    } catch (Throwable e) { // an error, such as a lack of memory, must not end this thread
      if (batch.size() == 1) {
        batch.get(0).result().completeExceptionally(e);
      } else {
        // One request's fault is not the others'.
        batch.forEach(waiting -> compute(List.of(waiting)));
      }
    }
  }

  /** Encodes rows, of which a single request may have more than a batch takes. */
  private float[][] inSlices(List<Waiting<R>> batch, List<R> rows) {
    if (rows.size() <= options.texts()) {
      return model.encode(rows, Caller.PATIENT);
    }
    var embeddings = new ArrayList<float[]>(rows.size());
    for (int from = 0; from < rows.size(); from += options.texts()) {
      if (batch.stream().allMatch(waiting -> waiting.result().isDone())) {
        throw Caller.gone();
      }
      int to = Math.min(rows.size(), from + options.texts());
      embeddings.addAll(Arrays.asList(model.encode(rows.subList(from, to), Caller.PATIENT)));
    }
    return embeddings.toArray(float[][]::new);
  }
}
