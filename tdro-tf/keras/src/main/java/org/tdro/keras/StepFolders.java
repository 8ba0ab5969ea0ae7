package org.tdro.keras;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.tdro.io.AtomicWrite;
import org.tdro.io.FileException;

/**
 * Models saved at several steps of a training, each in the folder {@code parent/prefixSTEP}. A folder of that name is
 * complete, whenever the process may have died: it is filled and emptied under another name.
 */
public record StepFolders(Path parent, String prefix) {

  /** The folder of the model that is saved at {@code step}, whether it exists or not. */
  public Path folder(long step) {
    return parent.resolve(prefix + step);
  }

  /** The steps at which a model was saved, in order. */
  public List<Long> steps() {
    AtomicWrite.settleAll(parent);
    var name = Pattern.compile(Pattern.quote(prefix) + "([0-9]{1,18})");
    return entries(name.asMatchPredicate()).stream()
        .filter(Model::isSaved)
        .map(folder -> Long.valueOf(folder.getFileName().toString().substring(prefix.length())))
        .sorted()
        .toList();
  }

  /** The last step at which a model was saved. */
  public OptionalLong newest() {
    return steps().stream().mapToLong(Long::longValue).max();
  }

  /** Saves {@code model} in the folder of its step. */
  public void save(Model model) {
    model.save(folder(model.iterations()));
  }

  /** Deletes the model that was saved at {@code step}, if there is one. */
  public void delete(long step) {
    var doomed = parent.resolve("." + prefix + step + ".deleting");
    try {
      if (Files.exists(folder(step))) {
        AtomicWrite.delete(doomed);
        Files.move(folder(step), doomed);
      }
      AtomicWrite.delete(doomed);
    } catch (IOException e) {
      throw FileException.deleting(folder(step), e);
    }
  }

  /** Deletes all models, and what a process that died while it saved or deleted one left behind. */
  public void deleteAll() {
    steps().forEach(this::delete);
    deleteLeftovers();
  }

  /** Deletes what a process that died while it saved or deleted a model left behind. */
  public void deleteLeftovers() {
    try {
      for (var folder : entries(name -> name.startsWith("." + prefix))) {
        AtomicWrite.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot clean up " + parent, e);
    }
  }

  private List<Path> entries(Predicate<String> name) {
    if (!Files.isDirectory(parent)) {
      return List.of();
    }
    try (var entries = Files.list(parent)) {
      return entries
          .filter(entry -> name.test(entry.getFileName().toString()))
          .sorted(Comparator.naturalOrder())
          .toList();
    } catch (IOException e) {
      throw FileException.reading(parent, e);
    }
  }
}
