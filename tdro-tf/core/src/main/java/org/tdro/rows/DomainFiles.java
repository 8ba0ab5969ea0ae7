package org.tdro.rows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.TextLines;

/**
 * The files of domains: before import {@code NAME.jsonl}, also called {@code .jsonlines}, {@code .ndjson} or {@code .json}, in any
 * case and plain or {@code .gz}; after it {@code NAME.0.arrow} and {@code NAME.1.arrow}.
 */
public final class DomainFiles {
  private static final String NAMES = "DOMAIN.jsonl or DOMAIN.jsonl.gz";
  private static final Pattern SOURCE =
      Pattern.compile("(.+)\\.(?:jsonl|jsonlines|ndjson|json)(?:\\.gz)?", Pattern.CASE_INSENSITIVE);
  private static final Pattern JSON =
      Pattern.compile(".+\\.json(?:\\.gz)?", Pattern.CASE_INSENSITIVE);
  private static final Pattern SHARD = Pattern.compile("(.+)\\.[01]\\.arrow");

  /** Other compressions by the ending of their files, and the commands that undo them. */
  private static final Map<String, String> COMPRESSIONS = Map.of(
      ".zst", "zstd -d", ".bz2", "bunzip2 -k", ".xz", "unxz -k", ".lz4", "lz4 -d", ".zip", "unzip");

  private DomainFiles() {}

  /**
   * Finds the files of rows, by domain.
   *
   * @param places files, or folders of them
   * @param skipped is told, in one message for each folder, which of its files and folders are not read, and why
   * @throws InputException listing all places that are missing or hold none, and all files of the same domain
   */
  public static SortedMap<String, Path> sources(List<Path> places, Consumer<String> skipped) {
    var sources = new TreeMap<String, Path>();
    var problems = new ArrayList<String>();
    for (var place : places) {
      for (var file : files(place, skipped, problems)) {
        var matcher = SOURCE.matcher(file.getFileName().toString());
        if (!Files.exists(file)) {
          problems.add(file + ": there is no such file or folder");
        } else if (!matcher.matches()) {
          problems.add(file + ": is not named " + NAMES + advice(file));
        } else {
          var other = sources.putIfAbsent(matcher.group(1), file);
          if (other != null) {
            problems.add("%s: %s is a file of the same domain".formatted(file, other));
          }
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new InputException(problems);
    }
    return sources;
  }

  /** Returns the files that a place means. Hidden files of a folder are left out. */
  private static List<Path> files(Path place, Consumer<String> skipped, List<String> problems) {
    if (!Files.isDirectory(place)) {
      return List.of(place);
    }
    var read = new ArrayList<Path>();
    var others = new ArrayList<String>();
    for (var file : list(place)) {
      if (file.getFileName().toString().startsWith(".")) {
        continue;
      }
      reasonToSkip(file)
          .ifPresentOrElse(reason -> others.add(file.getFileName() + reason), () -> read.add(file));
    }
    var named = others.isEmpty() ? "" : "not read are " + String.join(", ", others);
    if (read.isEmpty()) {
      problems.add(place + ": holds no file " + NAMES + (named.isEmpty() ? "" : "; " + named));
    } else if (!named.isEmpty()) {
      skipped.accept(place + ": " + named);
    }
    return read;
  }

  /** Returns why a file or folder in a folder is not one of rows, to be put after its name; nothing if it is one. */
  private static Optional<String> reasonToSkip(Path file) {
    if (Files.isDirectory(file)) {
      return Optional.of(" (a folder; only files directly in a folder are read)");
    }
    var name = file.getFileName().toString();
    if (!SOURCE.matcher(name).matches()) {
      return Optional.of(advice(file));
    }
    return JSON.matcher(name).matches() ? reasonNotRows(file) : Optional.empty();
  }

  /** Returns why a {@code .json} file does not hold a row on each line, as far as its first line shows. */
  private static Optional<String> reasonNotRows(Path file) {
    try (var lines = TextLines.open(file)) {
      var first = lines.next();
      if (first != null && first.text().startsWith("[")) {
        return Optional.of(
            " (a list: make lines of it with jq -c '.[]' " + file.getFileName() + ")");
      }
      if (first != null && ForeignRows.isRow(Json.object(first.text(), first.place()))) {
        return Optional.empty();
      }
    } catch (InputException e) {
      // Whatever it is, its first line is not a row.
    }
    return Optional.of(" (its first line is not a row)");
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
