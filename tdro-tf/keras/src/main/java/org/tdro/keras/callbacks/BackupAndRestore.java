package org.tdro.keras.callbacks;

import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.io.Checks;
import org.tdro.keras.Callback;
import org.tdro.keras.FitOptions;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.keras.StepFolders;

/**
 * Makes training survive its process: saves the model every so many steps, and when training begins restores the newest
 * backup, so that running the same program again gives the same weights as one that was not interrupted. A backup that
 * is not complete is ignored. After {@link Model#stopTraining} the last step is saved, too.
 */
public final class BackupAndRestore implements Callback {
  private static final Logger LOG = LoggerFactory.getLogger(BackupAndRestore.class);

  private final StepFolders backups;
  private final int everySteps;
  private boolean keep;
  private long saved = -1;

  /** Backs up into {@code folder/backup-STEP} every {@code everySteps} steps; only the newest backup is kept. */
  public BackupAndRestore(Path folder, int everySteps) {
    this.backups = new StepFolders(folder, "backup-");
    new Checks().atLeast(1, "everySteps", everySteps).done();
    this.everySteps = everySteps;
  }

  /**
   * Keeps a backup of the end when training is finished, instead of deleting all of them: running the same program again
   * then trains nothing. By default a second run starts anew.
   */
  public BackupAndRestore keepWhenFinished() {
    this.keep = true;
    return this;
  }

  @Override
  public void onRestore(Model model) {
    backups.deleteLeftovers();
    backups.newest().ifPresent(step -> {
      model.load(backups.folder(step));
      saved = step;
    });
  }

  @Override
  public void onTrainBegin(Model model, FitOptions options) {
    long steps = options.epochs() * options.stepsPerEpoch().getAsLong();
    if (saved > 0 && saved < steps) {
      LOG.info("going on from step {} of {}", saved, steps);
    }
  }

  @Override
  public void onCheckpoint(Model model, long step) {
    if (step % everySteps == 0) {
      save(model);
    }
  }

  @Override
  public void onTrainEnd(Model model, Logs logs) {
    if (model.isTrainingFinished() && !keep) {
      backups.deleteAll();
    } else if (model.iterations() != saved) {
      save(model);
    }
  }

  private void save(Model model) {
    backups.save(model);
    saved = model.iterations();
    backups.steps().stream().filter(step -> step != saved).forEach(backups::delete);
  }
}
