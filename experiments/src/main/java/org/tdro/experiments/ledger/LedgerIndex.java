package org.tdro.experiments.ledger;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.io.AtomicWrite;
import org.tdro.io.FileException;
import org.tdro.io.Json;
import org.tdro.io.Sha256;
import org.tdro.training.config.RunConfig;

/**
 * What was read of the runs below a root, so that the next reading opens changed files only. It is a file that may be deleted: the first
 * line names its version, the second holds all different facts, and each of the others a folder with the numbers of its facts.
 */
final class LedgerIndex {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerIndex.class);
  private static final String NAME = ".tdro-runs.jsonl";
  private static final int FORMAT = 5;
  private static final int KEY_LENGTH = 16;

  /**
   * A folder that was read.
   *
   * @param signature that of its files when they were read
   */
  record Entry(String signature, List<Fact> facts, List<String> problems) {}

  private LedgerIndex() {}

  /** Returns the entries of a root by the folder's path below it; none if there is no index of this version. */
  static Map<String, Entry> read(Path root) {
    for (var file : places(root)) {
      if (Files.isReadable(file)) {
        try (var lines = Files.lines(file)) {
          return parse(file, lines.iterator());
        } catch (IOException | RuntimeException e) {
          LOG.debug("{} is not used, but written anew", file, e);
        }
      }
    }
    return Map.of();
  }

  private static Map<String, Entry> parse(Path file, Iterator<String> lines) {
    var place = file.toString();
    if (!lines.hasNext() || !lines.next().equals(header())) {
      return Map.of();
    }
    var facts = new ArrayList<Fact>();
    for (var kind : Json.object(lines.next(), place).properties()) {
      for (var values : kind.getValue().properties()) {
        var known = Fact.Kind.valueOf(kind.getKey());
        values
            .getValue()
            .forEach(value -> facts.add(new Fact(known, values.getKey(), value.textValue())));
      }
    }
    var entries = new HashMap<String, Entry>();
    var own = List.<Fact>of();
    while (lines.hasNext()) {
      var line = Json.object(lines.next(), place);
      own = facts(line.path("facts").textValue(), facts, own);
      var problems = StreamSupport.stream(line.path("problems").spliterator(), false)
          .map(problem -> problem.textValue())
          .toList();
      entries.put(
          line.path("folder").textValue(),
          new Entry(line.path("files").textValue(), own, problems));
    }
    return entries;
  }

  /**
   * Reads the facts of a folder: their numbers, or {@code ~N} for N facts that are those of the folder before, each followed by a blank.
   * Most facts of most runs are those of their neighbours.
   */
  private static List<Fact> facts(String text, List<Fact> all, List<Fact> before) {
    var facts = new ArrayList<Fact>(before.size());
    int number = 0;
    boolean same = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '~') {
        same = true;
      } else if (c != ' ') {
        number = 10 * number + Character.digit(c, 10);
      } else {
        if (same) {
          facts.addAll(before.subList(facts.size(), facts.size() + number));
        } else {
          facts.add(all.get(number));
        }
        number = 0;
        same = false;
      }
    }
    return facts;
  }

  /** Writes the index below the root, or in the user's cache if the root may not be written; nothing if that may not either. */
  static void write(Path root, Map<String, Entry> entries) {
    for (var file : places(root)) {
      try {
        AtomicWrite.file(file, beside -> {
          try (var writer = Files.newBufferedWriter(beside, StandardCharsets.UTF_8)) {
            write(writer, entries);
          }
        });
        return;
      } catch (FileException e) {
        LOG.debug("no index in {}", file, e);
      }
    }
  }

  private static void write(Writer writer, Map<String, Entry> entries) throws IOException {
    var table = new LinkedHashMap<Fact.Kind, Map<String, List<String>>>();
    entries.values().stream()
        .flatMap(entry -> entry.facts().stream())
        .distinct()
        .forEach(fact -> table
            .computeIfAbsent(fact.kind(), kind -> new LinkedHashMap<>())
            .computeIfAbsent(fact.name(), name -> new ArrayList<>())
            .add(fact.value()));
    var numbers = new HashMap<Fact, Integer>();
    table.forEach((kind, names) -> names.forEach((name, values) ->
        values.forEach(value -> numbers.put(new Fact(kind, name, value), numbers.size()))));
    writer.write(header() + "\n" + Json.line(table) + "\n");
    var before = List.<Fact>of();
    for (var entry : new TreeMap<>(entries).entrySet()) {
      var line = new LinkedHashMap<String, Object>();
      line.put("folder", entry.getKey());
      line.put("files", entry.getValue().signature());
      line.put("facts", text(entry.getValue().facts(), numbers, before));
      line.put("problems", entry.getValue().problems());
      writer.write(Json.line(line) + "\n");
      before = entry.getValue().facts();
    }
  }

  /** Returns what {@link #facts} reads. */
  private static String text(List<Fact> facts, Map<Fact, Integer> numbers, List<Fact> before) {
    var text = new StringBuilder();
    int same = 0;
    for (int i = 0; i < facts.size(); i++) {
      if (i < before.size() && facts.get(i).equals(before.get(i))) {
        same++;
      } else {
        text.append(same > 0 ? "~" + same + " " : "");
        same = 0;
        text.append(numbers.get(facts.get(i))).append(' ');
      }
    }
    return text.append(same > 0 ? "~" + same + " " : "").toString();
  }

  /** Returns the first line: another build may know other keys, and so tell other runs apart. */
  private static String header() {
    var keys = RunConfig.SCHEMA.keys().toString();
    return "{\"tdro-runs\":%d,\"keys\":\"%s\"}"
        .formatted(FORMAT, Sha256.of(keys).substring(0, KEY_LENGTH));
  }

  /** Returns the files in which the index may be, in the order of preference. */
  private static List<Path> places(Path root) {
    var name = Sha256.of(root.toAbsolutePath().normalize().toString()).substring(0, KEY_LENGTH);
    return Stream.of(
            Optional.of(root.resolve(NAME)),
            cache().map(folder -> folder.resolve("runs-" + name + ".jsonl")))
        .flatMap(Optional::stream)
        // Not into a pipe or a device, whoever put it there.
        .filter(file -> !Files.exists(file) || Files.isRegularFile(file))
        .toList();
  }

  private static Optional<Path> cache() {
    var named = Optional.ofNullable(System.getenv("XDG_CACHE_HOME")).map(Path::of);
    var home = Optional.ofNullable(System.getProperty("user.home"))
        .map(folder -> Path.of(folder, ".cache"));
    return named.or(() -> home).map(folder -> folder.resolve("tdro"));
  }
}
