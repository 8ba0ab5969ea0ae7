package org.tdro.config;

import java.util.StringJoiner;

/**
 * The checks of one record, which fail together: a line for each refused component, starting with its name, so that the binder can
 * say where the value came from.
 */
final class Checks {
  private final StringJoiner problems = new StringJoiner("\n");

  /** Adds {@code problem}, which starts with the name of a component, unless {@code holds}. */
  Checks that(boolean holds, String problem) {
    if (!holds) {
      problems.add(problem);
    }
    return this;
  }

  Checks atLeast(long minimum, String name, long value) {
    return that(value >= minimum, name + " must be at least " + minimum + ", was " + value);
  }

  Checks positive(String name, double value) {
    return that(value > 0 && Double.isFinite(value), name + " must be above 0, was " + value);
  }

  Checks notNegative(String name, double value) {
    return that(value >= 0 && Double.isFinite(value), name + " must not be negative, was " + value);
  }

  /** From 0 to 1, both included. */
  Checks fraction(String name, double value) {
    return that(value >= 0 && value <= 1, name + " must be from 0 to 1, was " + value);
  }

  /** From 0 to below 1: what decays by this factor must die out. */
  Checks decay(String name, double value) {
    return that(value >= 0 && value < 1, name + " must be from 0 to below 1, was " + value);
  }

  /** @throws IllegalArgumentException with all problems, one a line */
  void done() {
    if (problems.length() > 0) {
      throw new IllegalArgumentException(problems.toString());
    }
  }
}
