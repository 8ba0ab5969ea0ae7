package org.tdro.experiments.bench;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.tdro.serving.client.ServingException;

/**
 * Load on a server: several callers, each of which sends its next request when it has the answer to the last, or a tenth of a second
 * after one that failed. The texts are sent in turn, in their order, over and over.
 *
 * @param embed sends one request with some texts and waits for their vectors; called from many threads
 * @param texts to be sent
 * @param textsPerRequest how many texts a request has
 * @param concurrency how many requests are in progress at a time
 */
public record ServerLoad(
    Consumer<List<String>> embed, List<String> texts, int textsPerRequest, int concurrency) {
  /** How long a caller waits after a failure, so that what a server refuses at once does not keep it from answering others. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  public ServerLoad {
    if (texts.isEmpty()) {
      throw new IllegalArgumentException("there are no texts to send");
    }
    if (textsPerRequest < 1 || concurrency < 1) {
      throw new IllegalArgumentException("texts and requests at a time must be at least 1, were "
          + textsPerRequest + " and " + concurrency);
    }
    texts = List.copyOf(texts);
  }

  /** What one caller saw. */
  private record Seen(List<Long> nanos, Map<String, Long> failures) {}

  /** Sends the first request alone, and lets it fail: what fails at once would fail a thousand times. */
  public void sendOne() {
    embed.accept(request(0));
  }

  /**
   * Sends requests for a time, at least one from each caller, and waits for the answers to the last ones.
   *
   * @param duration after which no further request is sent
   */
  public ServerLoadReport run(Duration duration) {
    var sent = new AtomicLong();
    long start = System.nanoTime();
    long end = start + duration.toNanos();
    var callers = Executors.newFixedThreadPool(concurrency);
    try {
      var futures = callers.invokeAll(IntStream.range(0, concurrency)
          .<Callable<Seen>>mapToObj(i -> () -> call(sent, end))
          .toList());
      var nanos = LongStream.builder();
      var failures = new TreeMap<String, Long>();
      for (var future : futures) {
        future.get().nanos().forEach(nanos::add);
        future.get().failures().forEach((words, count) -> failures.merge(words, count, Long::sum));
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      return new ServerLoadReport(
          textsPerRequest, seconds, nanos.build().sorted().toArray(), failures);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a server was measured", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } finally {
      callers.shutdownNow();
    }
  }

  private Seen call(AtomicLong sent, long end) throws InterruptedException {
    var seen = new Seen(new ArrayList<>(), new TreeMap<>());
    do {
      var request = request(sent.getAndIncrement());
      long before = System.nanoTime();
      try {
        embed.accept(request);
        seen.nanos().add(System.nanoTime() - before);
      } catch (ServingException | UncheckedIOException e) {
        seen.failures().merge(String.valueOf(e.getMessage()), 1L, Long::sum);
        Thread.sleep(PAUSE.toMillis());
      }
    } while (System.nanoTime() < end);
    return seen;
  }

  private List<String> request(long number) {
    long first = number * textsPerRequest;
    return IntStream.range(0, textsPerRequest)
        .mapToObj(i -> texts.get((int) ((first + i) % texts.size())))
        .toList();
  }
}
