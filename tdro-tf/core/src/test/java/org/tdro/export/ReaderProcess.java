package org.tdro.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A process that reads a SavedModel with some jars and no class of ours but the reader. */
enum ReaderProcess {
  /** With TensorFlow Java alone. */
  BARE(BareReader.class, "(tensorflow-core|ndarray|javacpp|protobuf-java)-.*\\.jar"),
  /** With DJL's TensorFlow engine. */
  DJL(DjlReader.class, "(?!logback).*\\.jar");

  private final Class<?> reader;
  private final Pattern jars;

  ReaderProcess(Class<?> reader, String jars) {
    this.reader = reader;
    this.jars = Pattern.compile(jars);
  }

  /** Returns the numbers that it prints for these arguments. */
  List<String> read(Path scratch, String... arguments) throws Exception {
    var classes = scratch.resolve("classes");
    var file = classes.resolve(reader.getName().replace('.', '/') + ".class");
    Files.createDirectories(file.getParent());
    try (var code = reader.getResourceAsStream(reader.getSimpleName() + ".class")) {
      Files.write(file, code.readAllBytes());
    }
    var classpath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> jars.matcher(Path.of(entry).getFileName().toString()).matches())
        .collect(Collectors.joining(File.pathSeparator));
    var command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        // Arguments have letters of every script.
        "-Dsun.jnu.encoding=UTF-8",
        "-cp",
        classes + File.pathSeparator + classpath,
        reader.getName()));
    command.addAll(List.of(arguments));
    var builder =
        new ProcessBuilder(command).redirectError(scratch.resolve("reader.err").toFile());
    builder.environment().put("LC_ALL", "C.UTF-8");
    var process = builder.start();
    try (var out = process.inputReader()) {
      var lines = out.lines().filter(line -> line.matches("-?[0-9.E-]+")).toList();
      assertThat(process.waitFor())
          .as(Files.readString(scratch.resolve("reader.err")))
          .isZero();
      return lines;
    }
  }
}
