package org.tdro.serving;

import java.time.Duration;
import java.util.Optional;

/**
 * Settings of a server.
 *
 * @param name of the model in URLs; empty means the name in the export's assets
 * @param host address to listen on; all but loopback let others in
 * @param port 0 means any that is free
 * @param poll how often the folder of versions is looked at
 * @param drain how long requests that have begun may take when the server stops
 */
public record ServerOptions(
    Optional<String> name,
    String host,
    int port,
    BatchingOptions batching,
    ServerLimits limits,
    Duration poll,
    Duration drain) {
  public ServerOptions {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("the port must be from 0 to 65535, was " + port);
    }
    if (poll.isZero() || poll.isNegative() || drain.isNegative()) {
      throw new IllegalArgumentException("poll must be above 0 and drain at least 0");
    }
    name.ifPresent(given -> {
      if (given.isBlank() || given.matches(".*[/:?#].*")) {
        throw new IllegalArgumentException(
            "the model's name stands in URLs; it must not be blank or have / : ? #, was " + given);
      }
    });
  }

  /** Returns options for a free port of the loopback interface. */
  public static ServerOptions local() {
    return new ServerOptions(
        Optional.empty(),
        "127.0.0.1",
        0,
        BatchingOptions.DEFAULT,
        ServerLimits.DEFAULT,
        Duration.ofSeconds(1),
        Duration.ofSeconds(30));
  }

  /** Returns the same options with other batching. */
  public ServerOptions with(BatchingOptions other) {
    return new ServerOptions(name, host, port, other, limits, poll, drain);
  }

  /** Returns the same options with other limits. */
  public ServerOptions with(ServerLimits other) {
    return new ServerOptions(name, host, port, batching, other, poll, drain);
  }
}
