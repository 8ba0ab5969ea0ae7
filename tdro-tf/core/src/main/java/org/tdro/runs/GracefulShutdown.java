package org.tdro.runs;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.tdro.keras.Model;

/**
 * Ends training cleanly on Ctrl-C or another signal that the JVM handles: the current step is finished and saved before the
 * process ends.
 */
public final class GracefulShutdown implements AutoCloseable {
  private static final Set<GracefulShutdown> OPEN = ConcurrentHashMap.newKeySet();

  private final CountDownLatch saved = new CountDownLatch(1);
  private final Thread hook;
  private volatile boolean happened;

  /** Stops the training of a model when the process is asked to end. */
  public GracefulShutdown(Model model) {
    hook = new Thread(
        () -> {
          happened = true;
          model.stopTraining();
          try {
            saved.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        },
        "save-before-end");
    Runtime.getRuntime().addShutdownHook(hook);
    OPEN.add(this);
  }

  /** Returns whether a training of this process would be saved before the process ends. */
  public static boolean isAwaited() {
    return !OPEN.isEmpty();
  }

  /** Returns whether the process has been asked to end. */
  public boolean happened() {
    return happened;
  }

  /** Lets the process end; log everything before. */
  @Override
  public void close() {
    OPEN.remove(this);
    saved.countDown();
    if (!happened) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The process has just begun to end; the hook returns at once.
        return;
      }
    }
  }
}
