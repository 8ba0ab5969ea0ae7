package org.tdro.training;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Trains runs that differ in their weights file alone. */
public interface WeightsSweep {
  /**
   * Trains the runs that are not complete.
   *
   * @param arguments those of {@code tdro train} that all runs share, without {@code data.weights} and {@code output}
   * @param weights a different mixture for each run
   * @param folder the folder of all runs
   * @return the folder of the run of each weights file, in their order; empty if it was interrupted, in which case another call continues
   * @throws IllegalStateException naming the logs of runs that failed
   */
  Optional<List<Path>> train(List<String> arguments, List<Path> weights, Path folder);
}
