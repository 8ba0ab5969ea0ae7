package org.tdro.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {
  @TempDir
  Path parent;

  /** Holds the folder {@code args[0]}, says so, and waits to be killed. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) {
      FolderLock.whileHeld(Path.of(args[0]), "training into", () -> {
        System.out.println("held");
        try {
          Thread.sleep(60_000);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        return null;
      });
    }
  }

  @Test
  void aFolderIsMadeAndHeldByOneAtATime() {
    var folder = parent.resolve("run");
    String held = FolderLock.whileHeld(folder, "training into", () -> {
      assertThatThrownBy(() -> FolderLock.whileHeld(folder, "training into", () -> "second"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(folder.toString());
      assertThat(FolderLock.isHeld(folder)).isTrue();
      return "first";
    });
    assertThat(FolderLock.isHeld(folder)).isFalse();
    assertThat(held).isEqualTo("first");
    assertThat(FolderLock.whileHeld(folder, "training into", () -> "later")).isEqualTo("later");
  }

  @Test
  void aLockGoesWithItsProcessHoweverThatEnds() throws IOException, InterruptedException {
    var holder = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Holder.class.getName(),
            parent.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    assertThat(holder.getInputStream().read()).isEqualTo('h');
    assertThatThrownBy(() -> FolderLock.whileHeld(parent, "training into", () -> ""))
        .isInstanceOf(IllegalStateException.class);
    assertThat(FolderLock.isHeld(parent)).isTrue();

    holder.destroyForcibly().waitFor();

    assertThat(FolderLock.isHeld(parent)).isFalse();
    assertThat(FolderLock.whileHeld(parent, "training into", () -> "free")).isEqualTo("free");
  }

  @Test
  void threadsWaitUntilTheFolderIsFree() throws Exception {
    var inside = new AtomicInteger();
    var threads = Executors.newFixedThreadPool(4);
    var all = new ArrayList<>(List.of(threads.submit(() -> 0)));
    for (int i = 0; i < 40; i++) {
      all.add(threads.submit(() -> FolderLock.whenFree(parent, () -> {
        int others = inside.getAndIncrement();
        LockSupport.parkNanos(100_000);
        inside.getAndDecrement();
        return others;
      })));
    }
    for (var one : all) {
      assertThat(one.get()).isZero();
    }
    threads.shutdown();
  }
}
