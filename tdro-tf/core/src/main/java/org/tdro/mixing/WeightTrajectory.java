package org.tdro.mixing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;
import org.tdro.io.InputException;
import org.tdro.io.StepLog;
import org.tdro.keras.Callback;
import org.tdro.keras.FitOptions;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.retriever.ContrastiveModel;

/**
 * The weights and losses of every step of a run, as CSV: {@code step}, then for each domain d the columns {@code weight/d},
 * {@code measure/d}, {@code loss/d}, {@code reference_loss/d}. A value that is not a number, such as the loss of a domain
 * without rows, is an empty cell.
 */
public final class WeightTrajectory {
  private final List<String> domains;
  private final StepLog log;

  /**
   * The values of one step.
   *
   * @param step number of the update, from 1
   * @param points one for each domain
   */
  record Line(long step, List<Point> points) {
    Line {
      points = List.copyOf(points);
    }
  }

  /** The values of a domain at one step: α, M, and the means of ℓ and r. */
  record Point(float weight, float measure, float loss, float referenceLoss) {}

  private WeightTrajectory(Path file, List<String> domains) {
    this.domains = List.copyOf(domains);
    this.log = StepLog.csv(
        file,
        "step",
        domains.stream()
            .flatMap(domain -> Stream.of("weight", "measure", "loss", "reference_loss")
                .map(column -> column + "/" + domain))
            .toList());
  }

  /**
   * Opens the trajectory of a run that has done {@code stepsDone} steps: the file is created, or cut back to those steps.
   *
   * @throws InputException if the file is of other domains
   */
  static WeightTrajectory open(Path file, List<String> domains, long stepsDone) {
    var trajectory = new WeightTrajectory(file, domains);
    trajectory.log.truncate(stepsDone);
    return trajectory;
  }

  /** Returns a callback that writes every step of a training; losses are those of its last micro-batch. */
  public static Callback writer(Path file, List<String> domains) {
    return new Callback() {
      private WeightTrajectory trajectory;

      @Override
      public void onTrainBegin(Model model, FitOptions options) {
        trajectory = open(file, domains, model.iterations());
      }

      @Override
      public void onTrainBatchEnd(Model model, long step, Logs logs) {
        trajectory.append(line(step, logs));
      }
    };
  }

  private static Line line(long step, Logs logs) {
    var weight = logs.get(MixtureLearner.WEIGHT);
    var measure = logs.get(MixtureLearner.MEASURE);
    var rows = logs.get(ContrastiveModel.DOMAIN_ROWS);
    var loss = logs.get(ContrastiveModel.DOMAIN_LOSS);
    var reference = logs.find(ContrastiveModel.DOMAIN_REFERENCE_LOSS);
    var points = new ArrayList<Point>();
    for (int domain = 0; domain < weight.length; domain++) {
      boolean absent = rows[domain] == 0;
      points.add(new Point(
          weight[domain],
          measure[domain],
          absent ? Float.NaN : loss[domain],
          absent || reference.isEmpty() ? Float.NaN : reference.get()[domain]));
    }
    return new Line(step, points);
  }

  /** Appends the values of a step. */
  void append(Line line) {
    if (line.points().size() != domains.size()) {
      throw new IllegalArgumentException("the trajectory has " + domains.size()
          + " domains, but the line has " + line.points().size());
    }
    var values = new LinkedHashMap<String, Float>();
    for (int i = 0; i < domains.size(); i++) {
      var domain = domains.get(i);
      var point = line.points().get(i);
      values.put("weight/" + domain, number(point.weight()));
      values.put("measure/" + domain, number(point.measure()));
      values.put("loss/" + domain, number(point.loss()));
      values.put("reference_loss/" + domain, number(point.referenceLoss()));
    }
    log.append(line.step(), values);
  }

  private static Float number(float value) {
    return Float.isNaN(value) ? null : value;
  }
}
