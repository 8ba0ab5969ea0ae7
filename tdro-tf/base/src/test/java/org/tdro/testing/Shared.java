package org.tdro.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Reference numbers and data that lie beside a checkout; tests that need them skip where they are absent. */
public final class Shared {
  private Shared() {}

  /** The file or folder {@code ../shared/relative} beside the checkout, or a skipped test. */
  public static Path path(String relative) {
    var path = Checkout.path("../shared").normalize().resolve(relative);
    assumeTrue(Files.exists(path), () -> "skipped: " + path + " is absent");
    return path;
  }
}
