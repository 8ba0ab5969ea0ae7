package org.tdro.training.config;

import org.tdro.config.Default;
import org.tdro.io.Checks;

/**
 * Settings of the meters of a run.
 *
 * @param prometheus the page from which Prometheus reads them
 */
public record TelemetryConfig(Prometheus prometheus) {

  /**
   * Settings of the page for Prometheus.
   *
   * @param port where it is served; 0 for none
   * @param host the address that it is served at; all but loopback let others in
   */
  public record Prometheus(
      @Default("0") int port, @Default("127.0.0.1") String host) {
    private static final int LAST_PORT = 65_535;

    public Prometheus {
      new Checks()
          .that(port >= 0 && port <= LAST_PORT, "port must be from 0 to 65535, was " + port)
          .that(!host.isBlank(), "host must be an address, was empty")
          .done();
    }
  }
}
