package org.tdro.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tdro.keras.Callback;
import org.tdro.keras.FitOptions;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.mixing.MixtureLearner;
import org.tdro.mixing.WeightTrajectory;
import org.tdro.retriever.ContrastiveModel;

/** Callback that writes the domain weights and losses of every step; losses are those of its last micro-batch. */
final class TrajectoryWriter implements Callback {
  private final Path file;
  private final List<String> domains;
  private WeightTrajectory trajectory;

  TrajectoryWriter(Path file, List<String> domains) {
    this.file = file;
    this.domains = domains;
  }

  @Override
  public void onTrainBegin(Model model, FitOptions options) {
    trajectory = WeightTrajectory.open(file, domains, model.iterations());
  }

  @Override
  public void onTrainBatchEnd(Model model, long step, Logs logs) {
    var weight = logs.get(MixtureLearner.WEIGHT);
    var measure = logs.get(MixtureLearner.MEASURE);
    var rows = logs.get(ContrastiveModel.DOMAIN_ROWS);
    var loss = logs.get(ContrastiveModel.DOMAIN_LOSS);
    var reference = logs.find(ContrastiveModel.DOMAIN_REFERENCE_LOSS);
    var points = new ArrayList<WeightTrajectory.Point>();
    for (int domain = 0; domain < weight.length; domain++) {
      points.add(new WeightTrajectory.Point(
          weight[domain],
          measure[domain],
          rows[domain] == 0 ? Float.NaN : loss[domain],
          rows[domain] == 0 || reference.isEmpty() ? Float.NaN : reference.get()[domain]));
    }
    trajectory.append(new WeightTrajectory.Line(step, points));
  }
}
