package org.tdro.mixing.tdro;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tdro.mixing.DatasetSelection;
import org.tdro.mixing.DomainSize;
import org.tdro.mixing.WeightsFile;
import org.tensorflow.types.TFloat32;

/**
 * The three results of learning domain weights, one value for each domain.
 *
 * @param weights α after the last update
 * @param mean mean of α over all updates
 * @param ema exponential moving average of α over all updates
 */
public record DomainWeightState(List<Float> weights, List<Float> mean, List<Float> ema) {
  public DomainWeightState {
    weights = List.copyOf(weights);
    mean = List.copyOf(mean);
    ema = List.copyOf(ema);
  }

  /**
   * The published set of files by name: {@code curr}, {@code ema}, {@code mean} and, for each of {@code topPercents}, the
   * selection {@code topP}, all followed by {@code _weights.json}.
   *
   * @param domains in the order of their ids
   */
  public Map<String, WeightsFile> files(List<DomainSize> domains, List<Integer> topPercents) {
    var current = WeightsFile.of(domains, weights);
    var files = new LinkedHashMap<String, WeightsFile>();
    files.put("curr_weights.json", current);
    files.put("ema_weights.json", WeightsFile.of(domains, ema));
    files.put("mean_weights.json", WeightsFile.of(domains, mean));
    for (int percent : topPercents) {
      files.put("top" + percent + "_weights.json", new DatasetSelection(percent).of(current));
    }
    return files;
  }

  /** The values of a vector. */
  public static List<Float> values(TFloat32 vector) {
    var values = new ArrayList<Float>();
    vector.scalars().forEach(value -> values.add(value.getFloat()));
    return values;
  }
}
