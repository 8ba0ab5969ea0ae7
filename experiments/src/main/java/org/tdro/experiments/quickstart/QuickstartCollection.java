package org.tdro.experiments.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import org.tdro.io.AtomicWrite;
import org.tdro.io.Json;

/**
 * Writes the embedded collection: {@code train/<domain>.jsonl} for every {@link QuickstartDomain} and BEIR folders
 * {@code eval/<domain>_test/} for the clean ones, and four sets out of domain: {@code eval/keywords/} (key words instead of questions),
 * and {@code museum}, {@code timetable} and {@code arithmetic} (kinds of text that no domain has).
 *
 * <p>The bytes depend on nothing but this version of the code. No passage that answers a test query occurs in a training line
 * of any domain.
 */
public final class QuickstartCollection {
  /** The version of the contents, to be raised with every change of them. */
  static final String VERSION = "quickstart collection 2\n";

  private static final String MARKER = "VERSION";

  private QuickstartCollection() {}

  /** Returns all training domains. */
  public static List<QuickstartDomain> domains() {
    return List.of(QuickstartDomain.values());
  }

  /**
   * Writes the collection into {@code folder}, which appears complete or not at all. A folder with this version is
   * kept, one with another version is replaced.
   *
   * @throws IOException if the folder holds something else
   * @throws java.io.UncheckedIOException if it cannot be written
   */
  public static void write(Path folder) throws IOException {
    var target = folder.toAbsolutePath().normalize();
    if (Files.exists(target)) {
      if (isCurrent(target)) {
        return;
      }
      checkReplaceable(target);
    }
    AtomicWrite.folder(target, QuickstartCollection::writeAll);
  }

  private static boolean isCurrent(Path folder) throws IOException {
    var marker = folder.resolve(MARKER);
    return Files.isRegularFile(marker) && Files.readString(marker).equals(VERSION);
  }

  private static void checkReplaceable(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new NotDirectoryException(
          folder + " is a file; the quickstart collection needs its own folder");
    }
    try (var files = Files.list(folder)) {
      if (!Files.exists(folder.resolve(MARKER)) && files.findAny().isPresent()) {
        throw new IOException(folder + " holds something else; choose an empty or a new folder");
      }
    }
  }

  private static void writeAll(Path folder) throws IOException {
    var pools = new EnumMap<QuickstartDomain, Pool>(QuickstartDomain.class);
    var sets = new ArrayList<GeneratedSet>();
    for (var domain : domains()) {
      var pool = Pool.of(domain);
      pools.put(domain, pool);
      var train = folder.resolve("train");
      var file = train.resolve(domain.id() + ".jsonl");
      writeJsonLines(file, TrainingLine.of(domain, pool));
      domain.spoiling(train).ifPresent(spoiling -> spoiling.write(file, file));
      if (domain.testQueries() > 0) {
        sets.add(GeneratedSet.of(domain, pool));
      }
    }
    sets.add(GeneratedSet.keywords(
        pools.get(QuickstartDomain.GEOGRAPHY),
        pools.get(QuickstartDomain.ELEMENTS),
        pools.get(QuickstartDomain.PEOPLE)));
    sets.addAll(GeneratedSet.otherKinds());
    for (var set : sets) {
      writeBeir(folder.resolve("eval").resolve(set.name()), set);
    }
    Files.writeString(folder.resolve(MARKER), VERSION);
  }

  private static void writeBeir(Path folder, GeneratedSet set) throws IOException {
    writeJsonLines(folder.resolve("corpus.jsonl"), set.corpus());
    writeJsonLines(folder.resolve("queries.jsonl"), set.queries());
    var qrels = new StringBuilder("query-id\tcorpus-id\tscore\n");
    set.relevant()
        .forEach((query, document) ->
            qrels.append(query).append('\t').append(document).append("\t1\n"));
    Files.writeString(Files.createDirectories(folder.resolve("qrels")).resolve("test.tsv"), qrels);
  }

  private static void writeJsonLines(Path file, List<?> lines) throws IOException {
    Files.createDirectories(file.getParent());
    try (var out = Files.newBufferedWriter(file)) {
      for (var line : lines) {
        out.append(Json.line(line)).append('\n');
      }
    }
  }
}
