package org.tdro.io;

import java.util.List;

/**
 * Input that cannot be used: rows, tokenizers, weights, any file that someone hands in. Holds every problem found; each names
 * its file and, where there is one, the line, row, tensor or key, and says what to do where that is not plain.
 */
public class InputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // an immutable list of strings
  private final List<String> problems;

  /** One problem. */
  public InputException(String problem) {
    this(List.of(problem));
  }

  /** One problem that another exception tells of. */
  public InputException(String problem, Throwable cause) {
    super(problem, cause);
    this.problems = List.of(problem);
  }

  /** Several problems; the message has a line for each. */
  public InputException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** The problems in the order in which they were found. */
  public final List<String> problems() {
    return problems;
  }
}
