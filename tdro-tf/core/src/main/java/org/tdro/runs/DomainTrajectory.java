package org.tdro.runs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tdro.io.InputException;
import org.tdro.io.StepLog;
import org.tdro.keras.Callback;
import org.tdro.keras.FitOptions;
import org.tdro.keras.LogKey;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;

/**
 * The values of each domain in every step of a run, as CSV: {@code step}, then for each domain d the columns {@code NAME/d} of
 * {@link #column}. A value that is NaN, such as the loss of a domain without rows, or that the steps do not log, is an empty cell. A run that
 * resumes cuts the file back to the steps done. A file that an earlier build began keeps its columns.
 */
public final class DomainTrajectory implements Callback {
  /** Name of the columns of the numbers of rows. */
  public static final String ROWS = "rows";

  /** Name of the columns of mean losses. */
  public static final String LOSS = "loss";

  /** Name of the columns of the reference model's mean losses. */
  public static final String REFERENCE_LOSS = "reference_loss";

  /** Name of the columns of the weights α that are learned. */
  public static final String WEIGHT = "weight";

  /** Name of the columns of the measures by which the weights move. */
  public static final String MEASURE = "measure";

  private final Path file;
  private final List<String> domains;
  private final Map<String, LogKey<float[]>> values = new LinkedHashMap<>();
  private StepLog log;

  /**
   * A trajectory without columns.
   *
   * @param domains names, in the order of the vectors that a step logs
   */
  public DomainTrajectory(Path file, List<String> domains) {
    this.file = file;
    this.domains = List.copyOf(domains);
  }

  /** Adds a column for each domain, with its value in the vector that steps log under {@code key}. */
  public DomainTrajectory column(String name, LogKey<float[]> key) {
    values.put(name, key);
    return this;
  }

  /** @throws InputException if the file is not a trajectory of these domains; it is then unchanged */
  @Override
  public void onTrainBegin(Model model, FitOptions options) {
    begin(model.iterations());
  }

  void begin(long stepsDone) {
    var columns = new ArrayList<String>();
    domains.forEach(domain -> values.keySet().forEach(name -> columns.add(name + "/" + domain)));
    log = StepLog.csv(file, "step", columns);
    log.truncate(stepsDone);
  }

  @Override
  public void onTrainBatchEnd(Model model, long step, Logs logs) {
    var cells = new HashMap<String, Float>();
    values.forEach((name, key) -> logs.find(key).ifPresent(vector -> {
      if (vector.length != domains.size()) {
        throw new IllegalArgumentException("the trajectory has " + domains.size()
            + " domains, but the step logs " + vector.length + " values of " + key);
      }
      for (int domain = 0; domain < vector.length; domain++) {
        if (!Float.isNaN(vector[domain])) {
          cells.put(name + "/" + domains.get(domain), vector[domain]);
        }
      }
    }));
    log.append(step, cells);
  }
}
