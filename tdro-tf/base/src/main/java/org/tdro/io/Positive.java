package org.tdro.io;

/** The check that sizes share. */
public final class Positive {
  private Positive() {}

  public static void check(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, was " + value);
    }
  }
}
