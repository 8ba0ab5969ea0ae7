package org.tdro.models;

/** The check that sizes share. */
final class Positive {
  private Positive() {}

  static void check(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, was " + value);
    }
  }
}
