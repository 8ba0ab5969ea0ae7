package org.tdro.keras.callbacks;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/**
 * A line on which a progress bar is drawn, as wide as the terminal is at the moment. The progress bar's own would reset the handlers
 * of signals, so that Ctrl-C ended the process before anything could be saved.
 */
public final class TerminalLine extends ConsoleProgressBarConsumer {
  private static final int USUAL_WIDTH = 80;
  private static Terminal terminal;

  /** Draws on {@code out}, which stays open. */
  public TerminalLine(PrintStream out) {
    super(out);
  }

  @Override
  public int getMaxRenderedLength() {
    int width = width();
    // In its last column, some terminals move to the next line.
    return (width > 0 ? width : USUAL_WIDTH) - 1;
  }

  private static synchronized int width() {
    try {
      if (terminal == null) {
        terminal = TerminalBuilder.builder().dumb(true).nativeSignals(false).build();
      }
      return terminal.getWidth();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
