package org.tdro.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Processes that write and read a folder {@code args[1]} of two files that must hold the same.
 *
 * <pre>
 * die    FOLDER CONTENT STEP   writes CONTENT and is killed before its STEP
 * repeat FOLDER CONTENT        replaces the folder with CONTENT until it is killed
 * read   FOLDER                prints the content of the folder as a reader finds it
 * </pre>
 */
final class KilledWrite {
  private KilledWrite() {}

  public static void main(String[] args) throws IOException {
    var folder = Path.of(args[1]);
    switch (args[0]) {
      case "die" -> {
        var step = new AtomicInteger(Integer.parseInt(args[3]));
        AtomicWrite.folder(folder, beside -> write(beside, args[2]), () -> {
          if (step.getAndDecrement() == 0) {
            Runtime.getRuntime().halt(137);
          }
        });
      }
      case "repeat" -> {
        while (true) {
          AtomicWrite.folder(folder, beside -> write(beside, args[2]));
        }
      }
      default -> System.out.print(read(folder));
    }
  }

  static void write(Path folder, String content) throws IOException {
    Files.writeString(folder.resolve("a"), content);
    Files.writeString(folder.resolve("b"), content);
  }

  /** The content of both files; {@code none} without the folder, {@code torn} if they differ or one is missing. */
  static String read(Path folder) throws IOException {
    AtomicWrite.settle(folder);
    if (!Files.exists(folder)) {
      return "none";
    }
    if (!Files.exists(folder.resolve("a")) || !Files.exists(folder.resolve("b"))) {
      return "torn";
    }
    var content = Files.readString(folder.resolve("a"));
    return content.equals(Files.readString(folder.resolve("b"))) ? content : "torn";
  }
}
