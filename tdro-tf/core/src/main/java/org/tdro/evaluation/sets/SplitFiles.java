package org.tdro.evaluation.sets;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.evaluation.sets.Layout.Folder;

/**
 * The files of a folder by split, as data sets of Hugging Face have them: {@code SPLIT.jsonl}, {@code SPLIT-00000-of-00002.parquet}, or
 * {@code SPLIT/0000.parquet}, into which it converts all data sets. If a split is there in two kinds of file, one is read.
 *
 * @param bySplit the parts of each split, in their order
 */
record SplitFiles(Map<String, List<Path>> bySplit) {
  private static final Logger LOG = LoggerFactory.getLogger(SplitFiles.class);
  private static final String KINDS = "\\.(tsv|jsonl|parquet)(?:\\.gz)?";
  private static final Pattern PART = Pattern.compile("\\d+\\.parquet");
  private static final Pattern FILE =
      Pattern.compile("(.+?)(?:-\\d+-of-(\\d+))?(?:-[0-9a-f]{16})?" + KINDS);

  private static final Pattern NUMBER = Pattern.compile("(?:^|[-_.])\\d+$");

  static final SplitFiles NONE = new SplitFiles(Map.of());

  static SplitFiles of(Folder folder) {
    var bySplit = new LinkedHashMap<String, List<Path>>();
    for (var file : folder.files(FILE)) {
      bySplit.computeIfAbsent(group(file, 1), split -> new ArrayList<>()).add(file);
    }
    for (var child : folder.children()) {
      var parts = Files.isDirectory(child) ? new Folder(child).files(PART) : List.<Path>of();
      if (!parts.isEmpty()) {
        bySplit.putIfAbsent(child.getFileName().toString(), parts);
      }
    }
    bySplit.replaceAll((split, files) -> ofOneKind(files));
    return new SplitFiles(bySplit);
  }

  private static String group(Path file, int group) {
    var matcher = FILE.matcher(file.getFileName().toString());
    return matcher.matches() && matcher.group(group) != null ? matcher.group(group) : "";
  }

  private static List<Path> ofOneKind(List<Path> files) {
    var kind = group(files.get(0), 3);
    var read = files.stream().filter(file -> group(file, 3).equals(kind)).toList();
    if (read.size() < files.size()) {
      LOG.warn("{} is read, other kinds of file of the same split are not", read.get(0));
    }
    return read;
  }

  /** Returns what keeps parts from being a whole: how many of {@code -of-00005} are not there; empty if nothing does. */
  static String missing(List<Path> parts) {
    var whole = parts.isEmpty() ? "" : group(parts.get(0), 2);
    return whole.isEmpty() || Integer.parseInt(whole) == parts.size()
        ? ""
        : "%s: only %d of its %d files are there"
            .formatted(parts.get(0), parts.size(), Integer.parseInt(whole));
  }

  /** Returns the files of a split, also if they are numbered, {@code SPLIT-0.jsonl} and so on; none if it is not there. */
  List<Path> of(String split) {
    return bySplit.containsKey(split)
        ? bySplit.get(split)
        : bySplit.entrySet().stream()
            .filter(files -> withoutNumber(files.getKey()).equals(split))
            .flatMap(files -> files.getValue().stream())
            .toList();
  }

  /** Returns the names of the splits, without numbers. */
  SortedSet<String> names() {
    return bySplit.keySet().stream()
        .map(SplitFiles::withoutNumber)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String withoutNumber(String name) {
    return NUMBER.matcher(name).replaceFirst("");
  }

  boolean isEmpty() {
    return bySplit.isEmpty();
  }
}
