package org.tdro.io;

import java.util.StringJoiner;

/**
 * Checks of the arguments of a constructor or builder, which report all problems at once.
 *
 * <p>Each problem is one line that starts with the name of a component, so that the code that builds a record from a file can say
 * where the value was written.
 *
 * <pre>{@code
 * public record Shape(int layers, double dropout) {
 *   public Shape {
 *     new Checks().atLeast(1, "layers", layers).rate("dropout", dropout).done();
 *   }
 * }
 * }</pre>
 */
public final class Checks {
  private final StringJoiner problems = new StringJoiner("\n");

  /** Creates checks without problems. */
  public Checks() {}

  /** Adds {@code problem}, which starts with the name of a component, unless {@code holds}. */
  public Checks that(boolean holds, String problem) {
    if (!holds) {
      problems.add(problem);
    }
    return this;
  }

  /** Checks that a whole number is at least {@code minimum}. */
  public Checks atLeast(long minimum, String name, long value) {
    return that(value >= minimum, name + " must be at least " + minimum + ", was " + value);
  }

  /** Checks that a number is finite and above 0. */
  public Checks positive(String name, double value) {
    return that(value > 0 && Double.isFinite(value), name + " must be above 0, was " + value);
  }

  /** Checks that a number is finite and at least 0. */
  public Checks notNegative(String name, double value) {
    return that(value >= 0 && Double.isFinite(value), name + " must be at least 0, was " + value);
  }

  /** Checks that a number is from 0 to 1, both included. */
  public Checks fraction(String name, double value) {
    return that(value >= 0 && value <= 1, name + " must be from 0 to 1, was " + value);
  }

  /** Checks that a number is from 0 to below 1, as a dropout rate or a factor of decay is. */
  public Checks rate(String name, double value) {
    return that(value >= 0 && value < 1, name + " must be from 0 to below 1, was " + value);
  }

  /**
   * Ends the checks.
   *
   * @throws IllegalArgumentException with all problems, one a line
   */
  public void done() {
    if (problems.length() > 0) {
      throw new IllegalArgumentException(problems.toString());
    }
  }
}
