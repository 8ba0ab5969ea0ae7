package org.tdro.serving.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What both protocols have in common, against a port that never answers. */
@Timeout(60)
class AttemptsTest {
  private static final List<String> TEXTS = List.of("a");

  private ServerSocket silent;

  @BeforeEach
  void listen() throws Exception {
    silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void stop() throws Exception {
    silent.close();
  }

  private TextClient client(String scheme) {
    var options = new RetrieverClient.Options(
        8, Duration.ofSeconds(50), 100, Duration.ofMinutes(5), Optional.empty());
    var model = "%s://127.0.0.1:%d/v1/models/x".formatted(scheme, silent.getLocalPort());
    return new TextClient(URI.create(model), options);
  }

  /** Returns what a call threw in a thread that is stopped in some way while it waits. */
  private static IllegalStateException failure(
      TextClient client, Consumer<TextClient> call, Consumer<Thread> stop) throws Exception {
    var failure = new CompletableFuture<IllegalStateException>();
    var thread = new Thread(() -> {
      try {
        call.accept(client);
        failure.complete(null);
      } catch (IllegalStateException e) {
        failure.complete(e);
      } finally {
        failure.complete(null);
      }
    });
    thread.start();
    while (thread.getState() != Thread.State.WAITING
        && thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.sleep(1);
    }
    stop.accept(thread);
    return failure.get();
  }

  @ParameterizedTest
  @CsvSource({"http, true", "http, false", "grpc, true", "grpc, false"})
  void whoIsInterruptedWaitsNoLonger(String scheme, boolean asksForAvailability) throws Exception {
    var isInterrupted = new CompletableFuture<Boolean>();
    try (var client = client(scheme)) {
      var failure = failure(
          client,
          asking -> {
            try {
              if (asksForAvailability) {
                asking.isAvailable();
              } else {
                asking.embedQueries(TEXTS);
              }
            } finally {
              isInterrupted.complete(Thread.currentThread().isInterrupted());
            }
          },
          Thread::interrupt);
      assertThat(failure).hasMessage("interrupted while waiting for a server");
      assertThat(isInterrupted.get()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "grpc"})
  void aClosedClientRefusesAtOnce(String scheme) {
    var client = client(scheme);
    client.close();
    client.close();
    for (var texts : List.of(TEXTS, List.<String>of())) {
      assertThatThrownBy(() -> client.embedPassages(texts))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the client is closed");
    }
    assertThatThrownBy(client::isAvailable)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the client is closed");
  }

  /** It would pause for minutes. */
  @ParameterizedTest
  @ValueSource(strings = {"http", "grpc"})
  void whoWaitsForTheNextAttemptWaitsNoLongerOnceTheClientIsClosed(String scheme) throws Exception {
    silent.close();
    var client = client(scheme);
    var failure = failure(client, asking -> asking.embedQueries(TEXTS), thread -> client.close());
    assertThat(failure).hasMessage("the client is closed");
  }
}
