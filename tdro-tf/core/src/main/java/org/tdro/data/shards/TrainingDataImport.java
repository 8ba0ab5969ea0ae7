package org.tdro.data.shards;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.io.Checks;
import org.tdro.io.FileException;
import org.tdro.io.FolderLock;
import org.tdro.io.InputException;
import org.tdro.io.Problems;
import org.tdro.rows.DomainFiles;
import org.tdro.rows.Fold;
import org.tdro.rows.RowOptions;
import org.tdro.text.PromptVariants;
import org.tdro.text.Prompts;
import org.tdro.text.TextKind;
import org.tdro.text.Tokenizer;

/**
 * Imports training rows: the rows of each domain become two Arrow files of token ids, one per {@link Fold}.
 *
 * <p>A domain whose rows, tokenizer, lengths and prompts are those of its present files is not imported again. Afterwards the output
 * folder holds exactly the imported domains: files of others are removed. Everything is written beside its place and moved there
 * when all domains are done, so an error leaves the folder unchanged.
 */
public final class TrainingDataImport {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingDataImport.class);

  /**
   * Options of an import.
   *
   * @param maxQueryLength longer queries are cut, in tokens including special ones
   * @param maxPassageLength longer passages are cut, in tokens including special ones
   * @param prompts put around the texts
   * @param threads number of threads that tokenise
   */
  public record Options(
      int maxQueryLength, int maxPassageLength, PromptVariants prompts, int threads) {
    public Options {
      new Checks()
          .atLeast(2, "maxQueryLength", maxQueryLength)
          .atLeast(2, "maxPassageLength", maxPassageLength)
          .atLeast(1, "threads", threads)
          .done();
    }

    /** Returns options without prompts, with one thread per processor. */
    public static Options of(int maxQueryLength, int maxPassageLength) {
      return new Options(
          maxQueryLength,
          maxPassageLength,
          PromptVariants.of(Prompts.none()),
          Runtime.getRuntime().availableProcessors());
    }
  }

  /** The result of an import, by domain in the order of their names. */
  public record Report(List<Entry> domains) {
    /**
     * The result for one domain.
     *
     * @param rebuilt whether the domain was imported; false if its files were up to date
     */
    public record Entry(String domain, RowCounts counts, boolean rebuilt) {}

    public Report {
      domains = List.copyOf(domains);
    }

    /** Returns the counts of all domains together. */
    public RowCounts total() {
      return domains.stream().map(Entry::counts).reduce(RowCounts.NONE, RowCounts::plus);
    }
  }

  private final Tokenizer tokenizer;
  private final Options options;

  /** Creates an import that tokenises by one tokenizer. */
  public TrainingDataImport(Tokenizer tokenizer, Options options) {
    this.tokenizer = tokenizer;
    this.options = options;
  }

  /**
   * Imports the domains of files or folders into a folder, which is created if it is missing.
   *
   * @throws InputException listing the first {@value Problems#SHOWN} problems of the rows
   * @throws FileException if the folder cannot be written
   * @throws IllegalStateException if another process imports into the folder
   */
  public Report run(List<Path> places, Path output) {
    return run(places, RowOptions.RECOGNISE, output);
  }

  /** Imports rows as {@link #run(List, Path)}, read in the way that {@code rows} says. */
  public Report run(List<Path> places, RowOptions rows, Path output) {
    return FolderLock.whileHeld(output, "importing into", () -> importInto(places, rows, output));
  }

  private Report importInto(List<Path> places, RowOptions rows, Path output) {
    var sources = DomainFiles.sources(places, rows, LOG::warn);
    var entries = new ArrayList<Report.Entry>();
    var problems = new Problems();
    var moves = new LinkedHashMap<Path, Path>();
    try {
      Files.createDirectories(output);
      for (var source : sources.entrySet()) {
        if (problems.isFull()) {
          break;
        }
        try {
          entries.add(domain(source.getKey(), source.getValue(), rows, output, moves));
        } catch (InputException e) {
          problems.fill(e.problems());
        }
      }
      problems.throwIfAny();
      for (var move : moves.entrySet()) {
        Files.move(
            move.getKey(),
            move.getValue(),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
      }
      for (var domain : DomainFiles.imported(output)) {
        if (!sources.containsKey(domain)) {
          remove(domain, DomainFiles.shards(output, domain));
        }
      }
      return new Report(entries);
    } catch (IOException e) {
      throw FileException.writing(output, e);
    } finally {
      moves.keySet().forEach(TrainingDataImport::deleteQuietly);
    }
  }

  private Report.Entry domain(
      String name, Path source, RowOptions rows, Path output, Map<Path, Path> moves) {
    var facts = new ImportFacts(
        fingerprint(source, rows),
        tokenizer.fingerprint(),
        options.maxQueryLength(),
        options.maxPassageLength(),
        options.prompts().of(TextKind.QUERY, name),
        options.prompts().of(TextKind.PASSAGE, name));
    var present = present(name, output).filter(domain -> domain.facts().equals(facts));
    if (present.isPresent()) {
      LOG.debug("{} has not changed", name);
      return new Report.Entry(name, present.get().counts(), false);
    }
    var shards = DomainFiles.shards(output, name);
    var first = beside(shards.get(Fold.FIRST), moves);
    var second = beside(shards.get(Fold.SECOND), moves);
    var counts =
        new DomainImport(tokenizer, facts, options.threads()).run(source, rows, first, second);
    LOG.info("{}: {} rows, {} tokens", name, counts.rows(), counts.tokens());
    return new Report.Entry(name, counts, true);
  }

  /** Returns the domain as imported before; empty if it is missing or damaged. */
  private static Optional<Domain> present(String name, Path output) {
    if (DomainFiles.shards(output, name).values().stream().noneMatch(Files::exists)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Domain.open(output, name));
    } catch (InputException e) {
      LOG.info("importing {} again: {}", name, e.getMessage());
      return Optional.empty();
    }
  }

  private static Path beside(Path target, Map<Path, Path> moves) {
    var temporary = target.resolveSibling(target.getFileName() + ".tmp");
    moves.put(temporary, target);
    return temporary;
  }

  private static String fingerprint(Path source, RowOptions rows) {
    try {
      return DomainFiles.fingerprint(source, rows);
    } catch (UncheckedIOException e) {
      throw new InputException(e.getMessage(), e);
    }
  }

  private static void remove(String domain, Map<Fold, Path> shards) throws IOException {
    LOG.info("removing {}, it is not among the imported files", domain);
    for (var shard : shards.values()) {
      Files.deleteIfExists(shard);
    }
  }

  private static void deleteQuietly(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      LOG.warn("could not be deleted: {}", temporary);
    }
  }
}
