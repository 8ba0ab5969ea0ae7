package org.tdro.config.server;

import java.util.Map;
import org.tdro.config.ConfigSchema;

/** The configuration of a program with a group within a group, and with a {@code reference.conf} beside its record. */
public record Server(int port, String name, Db db) {
  /** Its schema. */
  public static final ConfigSchema<Server> SCHEMA = new ConfigSchema<>(Server.class)
      .presets("experiment")
      .systemProperties("org.tdro.config.server");

  /** A group. */
  public record Db(String driver, int timeout, Engine engine, Map<String, Integer> options) {}

  /** A group within it. */
  public record Engine(String kind, int pages) {}
}
