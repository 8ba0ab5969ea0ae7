package org.tdro.runs;

import java.util.concurrent.CountDownLatch;
import org.tdro.keras.Model;

/**
 * Ctrl-C, or another polite end of the process, while a model is in training: the step is finished and saved before the
 * process ends.
 */
public final class GracefulShutdown implements AutoCloseable {
  private final CountDownLatch saved = new CountDownLatch(1);
  private final Thread hook;
  private volatile boolean happened;

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
  }

  /** Whether the process is about to end. */
  public boolean happened() {
    return happened;
  }

  /** Lets the process end; what is to be said must have been said. */
  @Override
  public void close() {
    saved.countDown();
    if (!happened) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The process began to end in this moment; the hook returns at once.
        return;
      }
    }
  }
}
