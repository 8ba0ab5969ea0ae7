package org.tdro.mixing.replay;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.tdro.io.Json;
import org.tdro.mixing.WeightsFile;

/**
 * The results of a replay, with the key names of the scenario's format. Vectors have one value for each domain, example
 * weights one for each row.
 *
 * @param finalFiles the weights files at the end, by file name
 */
public record ReplayTrajectory(
    List<MicroBatch> microBatches,
    List<Update> updates,
    Map<String, WeightsFile.Content> finalFiles) {
  public ReplayTrajectory {
    microBatches = List.copyOf(microBatches);
    updates = List.copyOf(updates);
  }

  /** The results of a micro-batch; {@code refLossPerGroup} is null without reference losses. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record MicroBatch(
      List<Float> groupLoss,
      List<Float> lmLossPerGroup,
      List<Float> refLossPerGroup,
      List<Float> exampleWeights,
      float robustLoss) {}

  /**
   * The results of an update.
   *
   * @param update number of the update, from 1
   * @param afterMicroBatch number of the micro-batch that completed it, from 1
   * @param lr the step size
   * @param gradNorm norm of the gradient before clipping; null if the norm is not clipped
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Update(
      int update,
      int afterMicroBatch,
      double lr,
      List<Float> gradBeforeClipping,
      Float gradNorm,
      List<Float> grad,
      List<Float> logWeights,
      List<Float> weights,
      List<Float> weightsMean,
      List<Float> weightsEma) {}

  /** Writes the trajectory as JSON; an existing file is replaced at once or not at all. */
  public void write(Path file) {
    Json.write(file, this);
  }
}
