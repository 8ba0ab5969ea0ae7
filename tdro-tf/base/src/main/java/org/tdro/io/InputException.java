package org.tdro.io;

import java.util.List;

/**
 * Input that cannot be used: rows, tokenizers, weights, any file that a user hands in. Holds every problem found; each names
 * its file and, if there is one, the line, row, tensor or key, and says what to do unless that is obvious.
 */
public class InputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // an immutable list of strings
  private final List<String> problems;

  /** Creates an exception of one problem. */
  public InputException(String problem) {
    this(List.of(problem));
  }

  /** Creates an exception of one problem with its cause. */
  public InputException(String problem, Throwable cause) {
    super(problem, cause);
    this.problems = List.of(problem);
  }

  /** Creates an exception of several problems; the message has a line for each. */
  public InputException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** Returns the problems in the order in which they were found. */
  public final List<String> problems() {
    return problems;
  }
}
