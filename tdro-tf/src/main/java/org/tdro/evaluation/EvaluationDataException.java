package org.tdro.evaluation;

import java.util.List;

/** Judgements, runs or collections that cannot be used; each problem names its file and, where there is one, its line. */
public final class EvaluationDataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  public EvaluationDataException(String problem) {
    this(List.of(problem));
  }

  public EvaluationDataException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** One line per problem, in the order of the file. */
  public List<String> problems() {
    return problems;
  }
}
