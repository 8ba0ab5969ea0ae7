package org.tdro.retriever;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bytedeco.javacpp.Pointer;

/**
 * What this process holds open.
 *
 * @param natives objects of TensorFlow: tensors, graphs, sessions
 * @param files open files and sockets
 */
public record Held(long natives, long files) {
  private static final int WARM_UP = 3;
  private static final int TIMES = 25;

  private static Held now() {
    try (var files = Files.list(Path.of("/proc/self/fd"))) {
      return new Held(Pointer.totalCount(), files.count());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Checks that {@code failing} fails every time, and that many failures leave nothing open; returns one of them. */
  public static AbstractThrowableAssert<?, ? extends Throwable> assertNothingHeldBy(
      ThrowingCallable failing) {
    fail(failing, WARM_UP);
    var before = now();
    fail(failing, TIMES);
    var after = now();
    assertThat(after.natives()).as("native objects").isLessThanOrEqualTo(before.natives());
    // The JVM opens a jar or two of its own meanwhile; a failure that leaves a file open does so
    // every time.
    assertThat(after.files()).as("open files").isLessThan(before.files() + TIMES);
    return Assertions.assertThatThrownBy(failing);
  }

  private static void fail(ThrowingCallable failing, int times) {
    for (int i = 0; i < times; i++) {
      Assertions.assertThatThrownBy(failing).isNotNull();
    }
  }
}
