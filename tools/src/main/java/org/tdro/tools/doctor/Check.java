package org.tdro.tools.doctor;

import java.io.IOException;
import java.util.List;

/** Looks at one thing. */
@FunctionalInterface
interface Check {
  /** What is the case; throws whatever the thing throws when it does not work. */
  List<Finding> findings() throws IOException;

  /** The findings, with a failure among them as a problem of {@code subject} that {@code advice} may solve. */
  static List<Finding> guarded(String subject, String advice, Check check) {
    try {
      return check.findings();
    } catch (IOException | RuntimeException | LinkageError e) {
      return List.of(Finding.problem(subject, cause(e), advice));
    }
  }

  /** Class initialisers hide what went wrong behind an error without a message. */
  private static String cause(Throwable failure) {
    var cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getClass().getSimpleName()
        + (cause.getMessage() == null
            ? ""
            : ": " + cause.getMessage().lines().findFirst().orElse(""));
  }
}
