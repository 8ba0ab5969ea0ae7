package org.tdro.runs;

import java.nio.file.Path;

/** Where a run's files are. */
public record RunFolder(Path path) {

  /** The resolved configuration, as it reads back. */
  public Path config() {
    return path.resolve("config.conf");
  }

  /** What the run was made from and how it went. */
  public Path record() {
    return path.resolve("run.json");
  }

  /** The trained retriever. */
  public Path model() {
    return path.resolve("model");
  }

  /** What an interrupted run goes on from; gone when the run is complete. */
  public Path backup() {
    return path.resolve("backup");
  }

  /** The scalars of every step. */
  public Path log() {
    return path.resolve("log.csv");
  }

  /** The metrics, a JSON object a line. */
  public Path metrics() {
    return path.resolve("metrics.jsonl");
  }

  /** The learned weights, in stage dro. */
  public Path weights() {
    return path.resolve("weights");
  }

  /** The weights and losses of every step, in stage dro. */
  public Path trajectory() {
    return path.resolve("trajectory.csv");
  }
}
