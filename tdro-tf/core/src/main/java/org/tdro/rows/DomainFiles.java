package org.tdro.rows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tdro.io.InputException;
import org.tdro.io.Sha256;
import org.tdro.rows.records.FileKind;

/**
 * The files of domains: before import {@code NAME.jsonl} or another {@link FileKind kind of file}, or a folder NAME whose files belong
 * together; after it {@code NAME.0.arrow} and {@code NAME.1.arrow}.
 */
public final class DomainFiles {
  private static final Pattern SHARD = Pattern.compile("(.+)\\.[01]\\.arrow");

  /** Other compressions by the ending of their files, and the commands that undo them. */
  private static final Map<String, String> COMPRESSIONS =
      Map.of(".bz2", "bunzip2 -k", ".xz", "unxz -k", ".lz4", "lz4 -d", ".zip", "unzip");

  private DomainFiles() {}

  /** Finds the files of rows by domain, as {@link #sources(List, RowOptions, Consumer)} does for rows whose form is recognised. */
  public static SortedMap<String, Path> sources(List<Path> places, Consumer<String> skipped) {
    return sources(places, RowOptions.RECOGNISE, skipped);
  }

  /**
   * Finds the files of rows, or the folders that hold those of one domain, by domain.
   *
   * @param places files, folders that are a domain, or folders of both
   * @param options how the rows will be read
   * @param skipped is told, in one message for each folder, which of its files and folders are not read, and why
   * @throws InputException listing all places that are missing or hold none, and all files of the same domain
   */
  public static SortedMap<String, Path> sources(
      List<Path> places, RowOptions options, Consumer<String> skipped) {
    var sources = new TreeMap<String, Path>();
    var problems = new ArrayList<String>();
    for (var place : places) {
      for (var source : sources(place, options, skipped, problems)) {
        var other = sources.putIfAbsent(name(source), source);
        if (other != null) {
          problems.add("%s: %s is a file of the same domain".formatted(source, other));
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new InputException(problems);
    }
    return sources;
  }

  /** Returns the name of a source's domain. */
  private static String name(Path source) {
    return Files.isDirectory(source)
        ? source.toAbsolutePath().normalize().getFileName().toString()
        : FileKind.baseName(source);
  }

  /** Returns the sources that a place means. Hidden files of a folder are left out. */
  private static List<Path> sources(
      Path place, RowOptions options, Consumer<String> skipped, List<String> problems) {
    if (!Files.exists(place)) {
      problems.add(place + ": there is no such file or folder");
      return List.of();
    }
    if (!Files.isDirectory(place)) {
      if (!isNamedAsRows(place)) {
        problems.add("%s: is not named DOMAIN.jsonl, or with another of the endings %s%s"
            .formatted(place, FileKind.endings(), advice(place)));
        return List.of();
      }
      return List.of(place);
    }
    try {
      if (RowFolder.of(place).isPresent()) {
        return List.of(place);
      }
    } catch (InputException e) {
      problems.addAll(e.problems());
      return List.of();
    }
    return within(place, options, skipped, problems);
  }

  private static List<Path> within(
      Path folder, RowOptions options, Consumer<String> skipped, List<String> problems) {
    var read = new ArrayList<Path>();
    var others = new LinkedHashMap<String, List<String>>();
    var unreadable = new ArrayList<String>();
    for (var file : list(folder)) {
      if (file.getFileName().toString().startsWith(".")) {
        continue;
      }
      try {
        reasonToSkip(file, options)
            .ifPresentOrElse(
                reason -> others
                    .computeIfAbsent(reason, same -> new ArrayList<>())
                    .add(file.getFileName().toString()),
                () -> read.add(file));
      } catch (InputException e) {
        // It may be one of rows that was damaged: it is for the user to move it away.
        unreadable.addAll(e.problems());
      }
    }
    if (!unreadable.isEmpty()) {
      problems.addAll(unreadable);
      return List.of();
    }
    var named = others.isEmpty()
        ? ""
        : "not read are "
            + others.entrySet().stream()
                .map(reason -> String.join(", ", reason.getValue()) + reason.getKey())
                .collect(Collectors.joining("; "));
    if (read.isEmpty()) {
      problems.add(folder + ": holds no file of rows, such as DOMAIN.jsonl"
          + (named.isEmpty() ? "" : "; " + named));
    } else if (!named.isEmpty()) {
      skipped.accept(folder + ": " + named);
    }
    return read;
  }

  private static boolean isNamedAsRows(Path file) {
    return FileKind.of(file).isPresent()
        && !SHARD.matcher(file.getFileName().toString()).matches();
  }

  /**
   * Returns why a file or folder in a folder is not one of rows, to be put after its name; nothing if it is one.
   *
   * @throws InputException if a file cannot be read
   */
  private static Optional<String> reasonToSkip(Path file, RowOptions options) {
    if (Files.isDirectory(file)) {
      return reasonToSkipFolder(file);
    }
    if (!isNamedAsRows(file)) {
      return Optional.of(advice(file));
    }
    if (RowFolder.isCollection(file)) {
      return Optional.of(" (documents)");
    }
    // Lines of JSON that are not rows are an error, files of other kinds often something else.
    return FileKind.of(file).orElseThrow() == FileKind.JSON_LINES || TripleRows.isOne(file, options)
        ? Optional.empty()
        : RecordRows.reasonToSkip(file, options).map(" (%s)"::formatted);
  }

  private static Optional<String> reasonToSkipFolder(Path folder) {
    try {
      return RowFolder.of(folder).isPresent()
          ? Optional.empty()
          : Optional.of(" (a folder, but not one whose files are the rows of a domain)");
    } catch (InputException e) {
      return Optional.of(" (" + e.getMessage().replace(folder + ": ", "") + ")");
    }
  }

  /**
   * Returns a hash of everything that the rows of a source follow from: of a file its own, unless its rows name documents of another
   * one, or are read in a way that a user chose.
   *
   * @throws InputException if a file cannot be read
   */
  public static String fingerprint(Path source, RowOptions options) {
    var files = Files.isDirectory(source)
        ? RowFolder.of(source).map(folder -> folder.files(options)).orElse(List.of())
        : TripleRows.isOne(source, options)
            ? List.of(source)
            : RecordRows.files(source, List.of(source), options);
    if (files.equals(List.of(source)) && options.identity().isEmpty()) {
      return Sha256.of(source);
    }
    return Sha256.of(Stream.concat(
        Stream.of(options.identity()),
        files.stream().flatMap(file -> Stream.of(file.getFileName().toString(), Sha256.of(file)))));
  }

  /** Returns a hash of everything that the rows of a source follow from, if their form is recognised. */
  public static String fingerprint(Path source) {
    return fingerprint(source, RowOptions.RECOGNISE);
  }

  /** Returns how to make a file one that is read, in brackets; empty if that is not known. */
  private static String advice(Path file) {
    var name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return COMPRESSIONS.entrySet().stream()
        .filter(compression -> name.endsWith(compression.getKey()))
        .map(compression -> " (decompress it: %s %s)".formatted(compression.getValue(), file))
        .findFirst()
        .orElse("");
  }

  /** Returns the names of the domains imported into a folder. */
  public static SortedSet<String> imported(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new InputException(folder + ": there is no such folder of imported data");
    }
    return list(folder).stream()
        .map(file -> SHARD.matcher(file.getFileName().toString()))
        .filter(name -> name.matches() && !name.group().startsWith("."))
        .map(name -> name.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Returns the Arrow files of a domain, by fold. */
  public static Map<Fold, Path> shards(Path folder, String domain) {
    return Map.of(
        Fold.FIRST,
        folder.resolve(domain + ".0.arrow"),
        Fold.SECOND,
        folder.resolve(domain + ".1.arrow"));
  }

  private static List<Path> list(Path folder) {
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new InputException(folder + ": cannot be listed: " + e.getMessage(), e);
    }
  }
}
