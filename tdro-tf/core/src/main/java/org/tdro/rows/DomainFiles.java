package org.tdro.rows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.tdro.io.InputException;

/** The files of domains: {@code NAME.jsonl} or {@code NAME.jsonl.gz} before import, {@code NAME.0.arrow} and {@code NAME.1.arrow} after. */
public final class DomainFiles {
  private static final Pattern SOURCE = Pattern.compile("(.+)\\.jsonl(\\.gz)?");
  private static final Pattern SHARD = Pattern.compile("(.+)\\.[01]\\.arrow");

  private DomainFiles() {}

  /**
   * Finds the files of rows, by domain.
   *
   * @param places files, or folders of them
   * @throws InputException listing all places that are missing or hold none, and all files of the same domain
   */
  public static SortedMap<String, Path> sources(List<Path> places) {
    var sources = new TreeMap<String, Path>();
    var problems = new ArrayList<String>();
    for (var place : places) {
      var files = Files.isDirectory(place) ? list(place, SOURCE) : List.of(place);
      if (files.isEmpty()) {
        problems.add(place + ": holds no .jsonl or .jsonl.gz files");
      }
      for (var file : files) {
        var matcher = SOURCE.matcher(file.getFileName().toString());
        if (!Files.exists(file)) {
          problems.add(file + ": there is no such file or folder");
        } else if (!matcher.matches()) {
          problems.add(file + ": is not named DOMAIN.jsonl or DOMAIN.jsonl.gz");
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

  /** Returns the names of the domains imported into a folder. */
  public static SortedSet<String> imported(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new InputException(folder + ": there is no such folder of imported data");
    }
    return list(folder, SHARD).stream()
        .map(file -> SHARD.matcher(file.getFileName().toString()).replaceFirst("$1"))
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

  private static List<Path> list(Path folder, Pattern name) {
    try (var files = Files.list(folder)) {
      return files
          .filter(file -> name.matcher(file.getFileName().toString()).matches())
          .filter(file -> !file.getFileName().toString().startsWith("."))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new InputException(folder + ": cannot be listed: " + e.getMessage(), e);
    }
  }
}
