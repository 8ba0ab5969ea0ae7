package org.tdro.training;

import java.nio.file.Path;
import java.util.Arrays;
import org.tdro.config.DataConfig;
import org.tdro.dro.WeightsFile;

/** How often each domain is drawn. */
final class DomainProbabilities {
  private DomainProbabilities() {}

  /**
   * One for each domain, not all 0.
   *
   * @throws org.tdro.data.DataException if a weights file names a domain that the data do not have
   */
  static double[] of(DataConfig config, PreparedData prepared) {
    var sizes = prepared.data().sizes(FromConfig.fold(config.fold()));
    return switch (config.weights()) {
      case DataConfig.UNIFORM ->
        Arrays.stream(sizes).mapToDouble(size -> size > 0 ? 1 : 0).toArray();
      case DataConfig.PROPORTIONAL -> Arrays.stream(sizes).asDoubleStream().toArray();
      default ->
        WeightsFile.read(Path.of(config.weights())).selectionFrom(prepared.domainNames()).stream()
            .mapToDouble(Double::doubleValue)
            .toArray();
    };
  }
}
