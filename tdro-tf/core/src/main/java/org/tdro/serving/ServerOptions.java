package org.tdro.serving;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Settings of a server.
 *
 * @param name of the model in URLs; empty means the name in the export's assets
 * @param endpoint where it listens
 * @param poll time from one look at the folder of versions to the next
 * @param drain how long requests that have begun may take when the server stops
 */
public record ServerOptions(
    Optional<String> name,
    Endpoint endpoint,
    Batching batching,
    Limits limits,
    Duration poll,
    Duration drain) {
  public ServerOptions {
    if (poll.isZero() || poll.isNegative() || drain.isNegative()) {
      throw new IllegalArgumentException("poll must be above 0 and drain at least 0");
    }
    name.ifPresent(given -> {
      if (given.isBlank() || given.matches(".*[/:?#].*")) {
        throw new IllegalArgumentException(
            "the model's name is part of URLs; it must not be blank or have / : ? #, was " + given);
      }
    });
  }

  /** Returns options for a free port of the loopback interface, without gRPC. */
  public static ServerOptions local() {
    return new ServerOptions(
        Optional.empty(),
        Endpoint.local(),
        Batching.DEFAULT,
        Limits.DEFAULT,
        Duration.ofSeconds(1),
        Duration.ofSeconds(30));
  }

  /** Returns the same options with another endpoint. */
  public ServerOptions with(Endpoint other) {
    return new ServerOptions(name, other, batching, limits, poll, drain);
  }

  /** Returns the same options with other batching. */
  public ServerOptions with(Batching other) {
    return new ServerOptions(name, endpoint, other, limits, poll, drain);
  }

  /** Returns the same options with other limits. */
  public ServerOptions with(Limits other) {
    return new ServerOptions(name, endpoint, batching, other, poll, drain);
  }

  /**
   * Where a server listens.
   *
   * @param host address to listen on; all but loopback let others in
   * @param port of the REST API; 0 means any that is free
   * @param grpcPort of the gRPC API; 0 means any that is free; empty for none
   * @param certificate for TLS on all ports; empty for none
   */
  public record Endpoint(
      String host, int port, OptionalInt grpcPort, Optional<ServerCertificate> certificate) {
    private static final int HIGHEST_PORT = 65_535;

    public Endpoint {
      if (IntStream.of(port, grpcPort.orElse(0))
          .anyMatch(each -> each < 0 || each > HIGHEST_PORT)) {
        throw new IllegalArgumentException("a port must be from 0 to 65535, was %d%s"
            .formatted(
                port,
                grpcPort.isPresent()
                    ? " for REST, %d for gRPC".formatted(grpcPort.getAsInt())
                    : ""));
      }
      if (port != 0 && grpcPort.isPresent() && grpcPort.getAsInt() == port) {
        throw new IllegalArgumentException("REST and gRPC need a port each, both have " + port);
      }
    }

    /** Returns free ports of the loopback interface, without gRPC and TLS. */
    public static Endpoint local() {
      return new Endpoint("127.0.0.1", 0, OptionalInt.empty(), Optional.empty());
    }
  }

  /**
   * Settings for joining requests into batches.
   *
   * @param texts most texts of a joined batch; 0 computes every request by itself
   * @param timeout how long the first request of a batch waits for others
   */
  public record Batching(int texts, Duration timeout) {
    /** Batches that keep two cores busy, after a wait that is short against the computation. */
    public static final Batching DEFAULT = new Batching(32, Duration.ofMillis(2));

    /** No batching: every request is computed by itself. */
    public static final Batching OFF = new Batching(0, Duration.ZERO);

    public Batching {
      if (texts < 0 || timeout.isNegative()) {
        throw new IllegalArgumentException(
            "the texts of a batch and its timeout must not be negative");
      }
    }
  }

  /**
   * Limits of a server, beyond which it refuses requests, so that no client can exhaust it. The statuses are HTTP's; gRPC's are
   * INVALID_ARGUMENT for 400, RESOURCE_EXHAUSTED for 413 and UNAVAILABLE for 429 and 503.
   *
   * @param bodyBytes largest body of a request; a larger one is answered with 413
   * @param texts most texts of a request; more are answered with 400
   * @param length longest row of token ids; 0 means the model's own limit. A longer one is answered with 400
   * @param textBytes longest string of a signature that takes strings, in bytes; a longer one is answered with 400
   * @param queuedTexts most texts that wait or are computed at a time; beyond, requests are answered with 429
   * @param requests most requests that are answered at a time; beyond, they are answered with 429
   * @param patience how long a request waits for its embeddings before it is answered with 503
   */
  public record Limits(
      int bodyBytes,
      int texts,
      int length,
      int textBytes,
      int queuedTexts,
      int requests,
      Duration patience) {
    /** 4 MiB, 512 texts a request, strings of 128 KiB, 2,048 texts at a time, 128 requests at a time, a minute. */
    public static final Limits DEFAULT =
        new Limits(4 << 20, 512, 0, 128 << 10, 2048, 128, Duration.ofMinutes(1));

    public Limits {
      if (bodyBytes < 1 || texts < 1 || textBytes < 1 || length < 0 || requests < 1) {
        throw new IllegalArgumentException(
            "the limits of body, texts, strings and requests must be at least 1, that of length at least 0");
      }
      if (queuedTexts < texts) {
        throw new IllegalArgumentException(
            "the queue must take the largest request: %d queued texts are less than %d texts"
                .formatted(queuedTexts, texts));
      }
    }
  }
}
