package org.tdro.tools.doctor;

import java.io.IOException;
import java.util.List;

/** A check of one part of the machine or the build. */
@FunctionalInterface
interface Check {
  /** Returns what it finds; throws whatever a part that does not work throws. */
  List<Finding> findings() throws IOException;

  /** Returns the findings of a check; a failure becomes a problem of {@code subject} that {@code advice} may solve. */
  static List<Finding> guarded(String subject, String advice, Check check) {
    try {
      return check.findings();
    } catch (IOException | RuntimeException | LinkageError e) {
      return List.of(Finding.problem(subject, cause(e), advice));
    }
  }

  /** Returns the root cause: class initialisers hide it behind an error without a message. */
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
