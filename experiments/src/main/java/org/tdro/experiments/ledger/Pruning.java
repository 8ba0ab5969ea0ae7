package org.tdro.experiments.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tdro.io.AtomicWrite;
import org.tdro.io.FileException;
import org.tdro.io.FolderLock;

/**
 * The removal of chosen runs: those that may go, and those that stay, each with the reason. A run's folder goes as a whole or not at all;
 * a folder that is not a run's is not touched.
 *
 * @param removable the runs that may go
 * @param kept why each of the others stays
 */
public record Pruning(List<LedgerRun> removable, Map<LedgerRun, String> kept) {
  /**
   * Returns what would happen to chosen runs of a ledger. A run stays while it is running, while a run that stays was made from it, and
   * if its folder holds runs that were not chosen.
   *
   * @param ofReferences whether runs go from which others were made
   */
  public static Pruning of(Ledger ledger, List<LedgerRun> chosen, boolean ofReferences) {
    var kept = new LinkedHashMap<LedgerRun, String>();
    var removable = new ArrayList<>(chosen);
    removable.removeIf(run -> {
      boolean running = run.is(LedgerRun.Status.RUNNING);
      if (running) {
        kept.put(run, "it is running");
      }
      return running;
    });
    var descendants = new Lineage(ledger).descendants();
    // A run that stays may be the reason why another stays.
    boolean changed = true;
    while (changed) {
      Set<Path> going = removable.stream().map(LedgerRun::folder).collect(Collectors.toSet());
      changed = removable.removeIf(run -> {
        var reason = reason(
            run,
            ledger,
            going,
            ofReferences ? List.of() : descendants.getOrDefault(run.folder(), List.of()));
        if (!reason.isEmpty()) {
          kept.put(run, reason);
        }
        return !reason.isEmpty();
      });
    }
    return new Pruning(removable, kept);
  }

  private static String reason(
      LedgerRun run, Ledger ledger, Set<Path> going, List<LedgerRun> descendants) {
    var made = descendants.stream()
        .filter(other -> !going.contains(other.folder()))
        .map(LedgerRun::path)
        .toList();
    if (!made.isEmpty()) {
      return "it is named by " + String.join(", ", made);
    }
    var inside = ledger.runs().stream()
        .filter(other ->
            !other.folder().equals(run.folder()) && other.folder().startsWith(run.folder()))
        .filter(other -> !going.contains(other.folder()))
        .map(LedgerRun::path)
        .toList();
    return inside.isEmpty() ? "" : "its folder holds " + String.join(", ", inside);
  }

  /** Returns the size of a run's files in bytes. */
  public static long size(LedgerRun run) {
    try (Stream<Path> files = Files.walk(run.folder())) {
      return files.filter(Files::isRegularFile).mapToLong(Pruning::size).sum();
    } catch (IOException | UncheckedIOException e) {
      // Others may delete files meanwhile.
      return 0;
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0;
    }
  }

  /**
   * Deletes the folder of a run. It is renamed first, so that no part of a run is left where one was.
   *
   * @throws IllegalStateException if a process began to train in it
   */
  public static void delete(LedgerRun run) {
    var folder = run.folder().toAbsolutePath().normalize();
    if (!RunReading.isRun(folder)) {
      return;
    }
    var aside = folder.resolveSibling("." + folder.getFileName() + ".pruned");
    FolderLock.whileHeld(folder, "training into", () -> {
      try {
        AtomicWrite.delete(aside);
        return Files.move(folder, aside);
      } catch (IOException e) {
        throw FileException.deleting(folder, e);
      }
    });
    try {
      AtomicWrite.delete(aside);
    } catch (IOException e) {
      throw FileException.deleting(aside, e);
    }
  }
}
