package org.tdro.io;

import java.util.List;

/** Stored weights that cannot be used. Holds every problem found, each naming its file and, where it has one, its tensor. */
public final class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // an immutable list of strings
  private final List<String> problems;

  public CheckpointException(String problem) {
    this(List.of(problem));
  }

  public CheckpointException(String problem, Throwable cause) {
    super(problem, cause);
    this.problems = List.of(problem);
  }

  public CheckpointException(List<String> problems) {
    super(String.join(System.lineSeparator(), problems));
    this.problems = List.copyOf(problems);
  }

  /** What is wrong, one entry a problem. */
  public List<String> problems() {
    return problems;
  }
}
