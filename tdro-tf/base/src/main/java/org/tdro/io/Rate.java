package org.tdro.io;

/** The check that dropout rates share. */
public final class Rate {
  private Rate() {}

  public static void check(String name, float value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(name + " must be in [0, 1), was " + value);
    }
  }
}
