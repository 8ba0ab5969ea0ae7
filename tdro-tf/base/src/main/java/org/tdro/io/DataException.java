package org.tdro.io;

import java.util.List;

/** Data that cannot be used. Holds every problem found, each naming its file and line, domain or row. */
public final class DataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // an immutable list of strings
  private final List<String> problems;

  public DataException(String problem) {
    this(List.of(problem));
  }

  public DataException(String problem, Throwable cause) {
    super(problem, cause);
    this.problems = List.of(problem);
  }

  public DataException(List<String> problems) {
    super(String.join(System.lineSeparator(), problems));
    this.problems = List.copyOf(problems);
  }

  /** What is wrong, one entry a problem. */
  public List<String> problems() {
    return problems;
  }
}
