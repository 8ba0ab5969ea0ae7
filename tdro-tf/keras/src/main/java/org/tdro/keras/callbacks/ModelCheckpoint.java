package org.tdro.keras.callbacks;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tdro.io.Checks;
import org.tdro.keras.FitOptions;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.keras.StatefulCallback;
import org.tdro.keras.StepFolders;

/**
 * Saves the model to {@code folder/checkpoint-STEP}, after every epoch or every so many steps, and if asked the best one
 * to {@code folder/best}: by a log of the epochs, or by one that a {@link org.tdro.keras.StepEvaluation} measures between steps. What other
 * runs saved there is left alone, unless it is of the same step.
 */
public final class ModelCheckpoint implements StatefulCallback {
  private final Path folder;
  private final StepFolders checkpoints;
  private Optional<Integer> everySteps = Optional.empty();
  private int keepLast = Integer.MAX_VALUE;
  private Optional<Monitor> monitor = Optional.empty();
  private boolean onlyBest;

  private final TreeSet<Long> saved = new TreeSet<>();
  private boolean betweenSteps;
  private double best;
  private long bestStep = -1;
  private boolean due;
  private boolean bestDue;

  /** Saves after every epoch and keeps all checkpoints. */
  public ModelCheckpoint(Path folder) {
    this.folder = folder;
    this.checkpoints = new StepFolders(folder, "checkpoint-");
  }

  /** Saves every {@code steps} steps instead of after every epoch. */
  public ModelCheckpoint everySteps(int steps) {
    new Checks().atLeast(1, "everySteps", steps).done();
    this.everySteps = Optional.of(steps);
    return this;
  }

  /** Keeps the last {@code count} checkpoints of this run. */
  public ModelCheckpoint keepLast(int count) {
    new Checks().atLeast(1, "keepLast", count).done();
    this.keepLast = count;
    return this;
  }

  /** Also saves the model whenever the monitored log is the best so far. */
  public ModelCheckpoint saveBest(Monitor monitor) {
    this.monitor = Optional.of(monitor);
    this.best = monitor.worst();
    return this;
  }

  /** Saves the model whenever the monitored log is the best so far, and no other. */
  public ModelCheckpoint saveBestOnly(Monitor monitor) {
    onlyBest = true;
    return saveBest(monitor);
  }

  /** Returns the folder of the best model. */
  public Path best() {
    return folder.resolve("best");
  }

  /** Returns the step of the best model so far; -1 before the first. */
  public long bestStep() {
    return bestStep;
  }

  @Override
  public void onTrainBegin(Model model, FitOptions options) {
    monitor.ifPresent(monitored -> monitored.check(options));
    betweenSteps = monitor.isPresent()
        && options.evaluationKeys().stream()
            .anyMatch(key -> key.name().equals(monitor.get().log()));
    save(model);
  }

  @Override
  public void onTrainBatchEnd(Model model, long step, Logs logs) {
    due = !onlyBest && everySteps.isPresent() && step % everySteps.get() == 0;
    if (betweenSteps && logs.scalars().containsKey(monitor.orElseThrow().log())) {
      compare(model, logs);
    }
  }

  @Override
  public void onEpochEnd(Model model, long epoch, Logs logs) {
    due |= !onlyBest && everySteps.isEmpty();
    if (monitor.isPresent() && !betweenSteps) {
      compare(model, logs);
    }
  }

  private void compare(Model model, Logs logs) {
    double value = monitor.orElseThrow().value(logs);
    if (monitor.get().improves(value, best, 0)) {
      best = value;
      bestStep = model.iterations();
      bestDue = true;
    }
  }

  @Override
  public void onCheckpoint(Model model, long step) {
    save(model);
  }

  /** Saves what is due: after a step, or when training resumes from a backup that was made just before it. */
  private void save(Model model) {
    if (due) {
      due = false;
      saved.add(model.iterations());
      checkpoints.save(model);
      while (saved.size() > keepLast) {
        checkpoints.delete(saved.pollFirst());
      }
    }
    if (bestDue) {
      bestDue = false;
      model.save(best());
    }
  }

  @Override
  public Map<String, String> state() {
    return Map.of(
        "saved", saved.stream().map(String::valueOf).collect(Collectors.joining(" ")),
        "best", Double.toString(best),
        "bestStep", Long.toString(bestStep),
        "due", Boolean.toString(due),
        "bestDue", Boolean.toString(bestDue));
  }

  @Override
  public void restore(Map<String, String> state) {
    saved.clear();
    Stream.of(state.get("saved").split(" "))
        .filter(step -> !step.isEmpty())
        .forEach(step -> saved.add(Long.valueOf(step)));
    best = Double.parseDouble(state.get("best"));
    // Older states do not have it.
    bestStep = Long.parseLong(state.getOrDefault("bestStep", "-1"));
    due = Boolean.parseBoolean(state.get("due"));
    bestDue = Boolean.parseBoolean(state.get("bestDue"));
  }
}
