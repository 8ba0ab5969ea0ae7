package org.tdro.keras.callbacks;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.tdro.io.Checks;
import org.tdro.keras.FitOptions;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.keras.StatefulCallback;

/** Ends training when a monitored log has not improved for some epochs. */
public final class EarlyStopping implements StatefulCallback {
  private final Patience patience;
  private Optional<Path> bestModel = Optional.empty();

  private long bestEpoch = -1;
  private boolean unsaved;
  private boolean finished;

  /** Ends training after the first epoch without improvement. */
  public EarlyStopping(Monitor monitor) {
    this.patience = new Patience(monitor, 0, 0);
  }

  /** Ends training after so many epochs without improvement; as in Keras, 0 and 1 are the same. */
  public EarlyStopping patience(int epochs) {
    new Checks().atLeast(0, "patience", epochs).done();
    patience.setEpochs(epochs);
    return this;
  }

  /** Sets the change of the monitored log that counts as an improvement: more than this. */
  public EarlyStopping minDelta(double minDelta) {
    patience.setMinDelta(minDelta);
    return this;
  }

  /**
   * Restores the model of the best epoch when training ends, with its step and optimizer slots.
   * The best model lies in {@code folder} rather than in memory, so it survives the process.
   */
  public EarlyStopping restoreBestWeights(Path folder) {
    this.bestModel = Optional.of(folder);
    return this;
  }

  /** The best epoch so far, from 0; -1 before the first. */
  public long bestEpoch() {
    return bestEpoch;
  }

  @Override
  public void onTrainBegin(Model model, FitOptions options) {
    patience.check(options);
    bestModel.ifPresent(Model::checkSavable);
    saveBest(model);
    if (finished) {
      model.finishTraining();
    }
  }

  @Override
  public void onEpochEnd(Model model, long epoch, Logs logs) {
    if (patience.improves(logs)) {
      bestEpoch = epoch;
      unsaved = true;
    } else if (patience.isOver()) {
      finished = true;
      model.finishTraining();
    }
  }

  @Override
  public void onCheckpoint(Model model, long step) {
    saveBest(model);
  }

  /** Once the epoch's end is over; or when training resumes from a backup that was made between the two. */
  private void saveBest(Model model) {
    if (unsaved) {
      unsaved = false;
      bestModel.ifPresent(model::save);
    }
  }

  @Override
  public void onTrainEnd(Model model, Logs logs) {
    if (bestEpoch >= 0 && model.isTrainingFinished()) {
      bestModel.ifPresent(model::load);
    }
  }

  @Override
  public Map<String, String> state() {
    var state = new HashMap<>(patience.state());
    state.put("bestEpoch", Long.toString(bestEpoch));
    state.put("unsaved", Boolean.toString(unsaved));
    state.put("finished", Boolean.toString(finished));
    return state;
  }

  @Override
  public void restore(Map<String, String> state) {
    patience.restore(state);
    bestEpoch = Long.parseLong(state.get("bestEpoch"));
    unsaved = Boolean.parseBoolean(state.get("unsaved"));
    finished = Boolean.parseBoolean(state.get("finished"));
  }
}
