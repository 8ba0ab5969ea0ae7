package org.tdro.mixing;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;
import org.tdro.io.InputException;
import org.tdro.io.StepLog;

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
  public record Line(long step, List<Point> points) {
    public Line {
      points = List.copyOf(points);
    }
  }

  /** The values of a domain at one step: α, M, and the means of ℓ and r. */
  public record Point(float weight, float measure, float loss, float referenceLoss) {}

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
  public static WeightTrajectory open(Path file, List<String> domains, long stepsDone) {
    var trajectory = new WeightTrajectory(file, domains);
    trajectory.log.truncate(stepsDone);
    return trajectory;
  }

  /** Adds a line. */
  public void append(Line line) {
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
