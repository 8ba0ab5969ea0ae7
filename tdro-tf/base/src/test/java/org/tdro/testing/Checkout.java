package org.tdro.testing;

import java.nio.file.Path;

/** The checkout that is tested, wherever a module of it lies. */
public final class Checkout {
  private Checkout() {}

  /** The file or folder {@code relative} of the checkout, as an absolute path. */
  public static Path path(String relative) {
    return Path.of(System.getProperty("tdro.root")).toAbsolutePath().normalize().resolve(relative);
  }
}
