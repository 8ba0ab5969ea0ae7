package org.tdro.training.config;

import java.util.List;
import org.tdro.io.Checks;

/**
 * The three stages in a row.
 *
 * @param weightings the domain weights to fine-tune with and compare: {@code uniform} (the baseline), {@code curr}, {@code mean},
 *     {@code ema} or {@code topP} with P from {@code dro.top-percents}
 */
public record PipelineConfig(List<String> weightings) {

  public PipelineConfig {
    new Checks()
        .that(!weightings.isEmpty(), "weightings must name at least one")
        .that(
            weightings.stream().allMatch(name -> name.matches("uniform|curr|mean|ema|top[0-9]+")),
            "weightings must be uniform, curr, mean, ema or topP, were " + weightings)
        .done();
  }
}
