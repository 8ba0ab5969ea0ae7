package org.tdro.tools;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.lang.reflect.InaccessibleObjectException;

/**
 * The real standard error. The launcher filters descriptor 2, to which TensorFlow's native library prints, and names the
 * descriptor of the real standard error in the property {@code tdro.stderr}. Lines of the program need no filter, and a
 * progress bar, which is redrawn in one line, would get stuck in it.
 */
final class StandardError {
  private StandardError() {}

  /** Sets {@link System#err} to the real standard error, if the launcher names it. */
  static void restore() {
    var descriptor = Integer.getInteger("tdro.stderr");
    if (descriptor == null) {
      return;
    }
    try {
      // Opening /dev/fd/N would give a second position in a file that standard output may share:
      // lines would be overwritten.
      var constructor = FileDescriptor.class.getDeclaredConstructor(int.class);
      constructor.setAccessible(true);
      System.setErr(
          new PrintStream(new FileOutputStream(constructor.newInstance(descriptor)), true, UTF_8));
    } catch (ReflectiveOperationException | InaccessibleObjectException e) {
      // The filtered one remains, in which only the progress bar is late.
      return;
    }
  }
}
