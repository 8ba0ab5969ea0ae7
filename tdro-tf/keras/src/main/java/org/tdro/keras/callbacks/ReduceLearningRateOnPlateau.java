package org.tdro.keras.callbacks;

import java.util.HashMap;
import java.util.Map;
import org.tdro.io.Checks;
import org.tdro.keras.FitOptions;
import org.tdro.keras.LearningRateSchedule;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.keras.StatefulCallback;

/**
 * Multiplies the learning rate, whatever its schedule, by a factor whenever a monitored log has not improved for some
 * epochs.
 */
public final class ReduceLearningRateOnPlateau implements StatefulCallback {
  private final Patience patience;
  private double factor = 0.1;
  private int cooldown;
  private double minRate;

  private LearningRateSchedule reduced;
  private double scale = 1;
  private int cooling;

  /** Reduces to a tenth after 10 epochs without an improvement of more than 1e-4. */
  public ReduceLearningRateOnPlateau(Monitor monitor) {
    this.patience = new Patience(monitor, 10, 1e-4);
  }

  /** Multiplies by {@code factor}, in (0, 1). */
  public ReduceLearningRateOnPlateau factor(double factor) {
    if (!(factor > 0 && factor < 1)) {
      throw new IllegalArgumentException("the factor must be in (0, 1), was " + factor);
    }
    this.factor = factor;
    return this;
  }

  /** Waits for so many epochs without improvement. */
  public ReduceLearningRateOnPlateau patience(int epochs) {
    new Checks().atLeast(1, "patience", epochs).done();
    patience.setEpochs(epochs);
    return this;
  }

  /** Sets the change of the monitored log that counts as an improvement: more than this. */
  public ReduceLearningRateOnPlateau minDelta(double minDelta) {
    patience.setMinDelta(minDelta);
    return this;
  }

  /** Epochs after a reduction during which nothing is counted. */
  public ReduceLearningRateOnPlateau cooldown(int epochs) {
    new Checks().atLeast(0, "cooldown", epochs).done();
    this.cooldown = epochs;
    return this;
  }

  /** Reductions end here; a schedule that is below by itself stays as it is. */
  public ReduceLearningRateOnPlateau minRate(double minRate) {
    new Checks().notNegative("minRate", minRate).done();
    this.minRate = minRate;
    return this;
  }

  @Override
  public void onTrainBegin(Model model, FitOptions options) {
    patience.check(options);
    var schedule = model.optimizer().learningRate();
    if (schedule != reduced) {
      reduced = updatesDone -> {
        double rate = schedule.rate(updatesDone);
        return Math.max(rate * scale, Math.min(rate, minRate));
      };
      model.optimizer().setLearningRate(reduced);
    }
  }

  @Override
  public void onEpochEnd(Model model, long epoch, Logs logs) {
    if (cooling > 0) {
      cooling--;
      patience.restart();
    }
    if (!patience.improves(logs) && cooling == 0 && patience.isOver()) {
      scale *= factor;
      cooling = cooldown;
      patience.restart();
    }
  }

  @Override
  public Map<String, String> state() {
    var state = new HashMap<>(patience.state());
    state.put("scale", Double.toString(scale));
    state.put("cooling", Integer.toString(cooling));
    return state;
  }

  @Override
  public void restore(Map<String, String> state) {
    scale = Double.parseDouble(state.get("scale"));
    patience.restore(state);
    cooling = Integer.parseInt(state.get("cooling"));
  }
}
