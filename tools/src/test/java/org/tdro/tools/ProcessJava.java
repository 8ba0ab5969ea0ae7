package org.tdro.tools;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import org.tdro.io.FolderLock;
import org.tdro.io.Sha256;
import org.tdro.io.TemporaryFolder;
import org.tdro.testing.Checkout;

/**
 * The {@code java} that runs {@code tdro} as a process of its own. As those of the launcher, its processes take the classes that a
 * training loads from an archive, which saves a quarter of the work of a short one. It is made by the first that needs it.
 */
final class ProcessJava {
  private static final Path FOLDER = Checkout.path("tools/target/process-java");
  private static final List<String> FLAGS = List.of(
      // Short runs: what is compiled thoroughly would not be used for long.
      "-XX:TieredStopAtLevel=1",
      "-XX:+UseSerialGC",
      "-Xshare:auto",
      "-Xlog:disable",
      "-Xlog:all=error:stderr",
      "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
      "-Dorg.bytedeco.javacpp.maxbytes=0",
      "--add-opens=java.base/java.nio=ALL-UNNAMED",
      "-Dtdro.configs=" + Checkout.path("configs"),
      // Tests of the library log less.
      "-Dlogback.configurationFile=logback.xml");

  private static List<String> command;

  private ProcessJava() {}

  /** Returns {@code java} with its flags and class path, without a class to run. */
  static synchronized List<String> command() {
    if (command == null) {
      command = prepare();
    }
    return command;
  }

  private static List<String> prepare() {
    var entries = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.isEmpty())
        .toArray(String[]::new);
    var folder =
        FOLDER.resolve(Sha256.of(Arrays.stream(entries).map(ProcessJava::state)).substring(0, 16));
    return FolderLock.whenFree(FOLDER, () -> {
      var classpath = Arrays.stream(entries)
          .map(entry -> jar(Path.of(entry), folder))
          .collect(Collectors.joining(File.pathSeparator));
      var archive = folder.resolve("classes.jsa");
      if (!Files.exists(archive)) {
        archive(classpath, archive);
      }
      return java(classpath, "-XX:SharedArchiveFile=" + archive);
    });
  }

  private static List<String> java(String classpath, String archiving) {
    var java = new ArrayList<String>();
    java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    java.addAll(FLAGS);
    java.add(archiving);
    java.addAll(List.of("-cp", classpath));
    return List.copyOf(java);
  }

  /** Returns an entry of the class path, and what changes when it does. */
  private static String state(String entry) {
    try (var files = Files.exists(Path.of(entry)) ? Files.walk(Path.of(entry)) : null) {
      return files == null
          ? entry
          : files
              .map(file -> file + " " + file.toFile().lastModified())
              .sorted()
              .collect(Collectors.joining("\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns an entry of the class path as a jar: an archive takes classes from no folder. */
  private static String jar(Path entry, Path folder) {
    if (!Files.isDirectory(entry)) {
      return entry.toString();
    }
    var jar = folder.resolve(Sha256.of(entry.toString()).substring(0, 16) + ".jar");
    if (Files.exists(jar)) {
      return jar.toString();
    }
    try {
      Files.createDirectories(folder);
      try (var out = new JarOutputStream(Files.newOutputStream(jar));
          var files = Files.walk(entry)) {
        for (var file : files.filter(Files::isRegularFile).sorted().toList()) {
          out.putNextEntry(new JarEntry(entry.relativize(file).toString()));
          Files.copy(file, out);
        }
      }
      return jar.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Archives the classes that a short training loads; without an archive, processes only start later. */
  private static void archive(String classpath, Path archive) {
    TemporaryFolder.with(folder -> {
      try {
        SmallRuns.writeData(folder);
        var command = new ArrayList<>(java(classpath, "-XX:ArchiveClassesAtExit=" + archive));
        command.add(Main.class.getName());
        command.addAll(SmallRuns.train("reference", "run", "train.steps=2"));
        return new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start()
            .waitFor();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    });
  }
}
