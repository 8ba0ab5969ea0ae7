package org.tdro.keras.callbacks;

/** Bounds of settings. */
final class Checks {
  private Checks() {}

  static int atLeast(int least, String name, int value) {
    if (value < least) {
      throw new IllegalArgumentException(name + " must be at least " + least + ", was " + value);
    }
    return value;
  }

  static double notNegative(String name, double value) {
    if (!(value >= 0)) {
      throw new IllegalArgumentException(name + " must be at least 0, was " + value);
    }
    return value;
  }
}
