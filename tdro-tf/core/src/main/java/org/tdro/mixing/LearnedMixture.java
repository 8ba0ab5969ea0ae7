package org.tdro.mixing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tdro.mixing.WeightsFile.DomainSize;
import org.tensorflow.types.TFloat32;

/**
 * A mixture that was learned, one value for each domain.
 *
 * @param weights α after the last update
 * @param mean mean of α over all updates
 * @param ema exponential moving average of α over all updates
 * @param result the weights that the method calls its result, from which selections are made
 */
public record LearnedMixture(
    List<Float> weights, List<Float> mean, List<Float> ema, Result result) {

  /** The weights that a method calls its result. */
  public enum Result {
    /** The weights after the last update. */
    LAST,
    /** The mean of the weights over all updates. */
    MEAN
  }

  public LearnedMixture {
    weights = List.copyOf(weights);
    mean = List.copyOf(mean);
    ema = List.copyOf(ema);
  }

  /**
   * Returns the published set of files by name: {@code curr}, {@code ema}, {@code mean} and, for each of {@code
   * topPercents}, the selection {@code topP}, all followed by {@code _weights.json}.
   *
   * @param domains in the order of their ids
   */
  public Map<String, WeightsFile> files(List<DomainSize> domains, List<Integer> topPercents) {
    var files = new LinkedHashMap<String, WeightsFile>();
    files.put("curr_weights.json", WeightsFile.of(domains, weights));
    files.put("ema_weights.json", WeightsFile.of(domains, ema));
    files.put("mean_weights.json", WeightsFile.of(domains, mean));
    var result = result(domains);
    for (int percent : topPercents) {
      files.put("top" + percent + "_weights.json", result.top(percent));
    }
    return files;
  }

  /**
   * Returns the weights that the method calls its result.
   *
   * @param domains in the order of their ids
   */
  public WeightsFile result(List<DomainSize> domains) {
    return WeightsFile.of(domains, result == Result.LAST ? weights : mean);
  }

  /** Returns the values of a vector. */
  public static List<Float> values(TFloat32 vector) {
    var values = new ArrayList<Float>();
    vector.scalars().forEach(value -> values.add(value.getFloat()));
    return values;
  }
}
