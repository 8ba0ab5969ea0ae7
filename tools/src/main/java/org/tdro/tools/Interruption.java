package org.tdro.tools;

import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jline.utils.Signals;
import org.tdro.runs.GracefulShutdown;

/**
 * The answer to Ctrl-C, {@code kill} and a closed terminal. The first signal is acknowledged at once and ends the process in an orderly
 * way; a second one ends it on the spot, as {@code kill -9} does, which loses nothing that was saved before.
 *
 * <p>The JVM's own handler says nothing and makes every further signal wait for the end of the first. JLine, which draws the progress bar,
 * also wraps the JDK's unsupported {@code sun.misc.Signal}, of which the compiler would warn. A signal that the process was started to
 * ignore stays ignored.
 */
final class Interruption {
  /** What is added to a signal's number to give the exit code. */
  private static final int BASE = 128;

  private static final Map<String, Integer> NUMBERS = Map.of("HUP", 1, "INT", 2, "TERM", 15);

  private final PrintStream err;
  private final AtomicBoolean ending = new AtomicBoolean();

  private Interruption(PrintStream err) {
    this.err = err;
  }

  /** Handles the signals of this process from now on, with messages on {@code err}. */
  static void handle(PrintStream err) {
    var interruption = new Interruption(err);
    NUMBERS.forEach(
        (name, number) -> Signals.register(name, () -> interruption.happened(name, number)));
  }

  @SuppressWarnings("SystemConsoleNull") // a line end too many does no harm
  private void happened(String signal, int number) {
    var exitCode = BASE + number;
    if (!ending.compareAndSet(false, true)) {
      Runtime.getRuntime().halt(exitCode);
    }
    // On a terminal, the cursor is in the line of the progress bar.
    var message = System.console() == null ? "" : System.lineSeparator();
    message += GracefulShutdown.isAwaited() ? "stopping after this step or batch; " : "stopping; ";
    message += signal.equals("INT")
        ? "press Ctrl-C again to quit at once"
        : "a second signal quits at once";
    err.println(message);
    System.exit(exitCode);
  }
}
