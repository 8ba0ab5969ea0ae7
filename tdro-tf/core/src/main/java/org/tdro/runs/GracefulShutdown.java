package org.tdro.runs;

import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.tdro.keras.Model;

/**
 * Ends work cleanly on Ctrl-C or another signal that the JVM handles: the current step of a training is finished and saved, or the
 * current batch of an encoding finished, before the process ends. TensorFlow crashes where it computes while the process ends.
 */
public final class GracefulShutdown implements AutoCloseable {
  private static final Set<GracefulShutdown> OPEN = ConcurrentHashMap.newKeySet();

  private final CountDownLatch saved = new CountDownLatch(1);
  private final Thread hook;
  private volatile boolean happened;

  /** Stops the training of a model when the process is asked to end. */
  public GracefulShutdown(Model model) {
    this(model::stopTraining);
  }

  /** Lets work go on, when the process is asked to end, until it finds that out by {@link #check}. */
  public GracefulShutdown() {
    this(() -> {});
  }

  private GracefulShutdown(Runnable stop) {
    hook = new Thread(
        () -> {
          happened = true;
          stop.run();
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

  /**
   * Ends the work if the process has been asked to end.
   *
   * @throws CancellationException then
   */
  public void check() {
    if (happened) {
      throw new CancellationException();
    }
  }

  /** Returns whether work of this process is finished up to a point before the process ends. */
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
