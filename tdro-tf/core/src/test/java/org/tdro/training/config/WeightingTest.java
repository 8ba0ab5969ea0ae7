package org.tdro.training.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeightingTest {
  @ParameterizedTest
  @CsvSource({
    "uniform, SHARES, , , finetune-uniform",
    "temperature(3), SHARES, , , finetune-temperature-3",
    "cap(5000), SHARES, , , finetune-cap-5000",
    "my/own_weights.json, FILE, , , finetune-own_weights",
    "leave-one-out, SEARCHED, , , finetune-leave-one-out",
    "merged, MERGED, , , finetune-merged",
    "audited, AUDITED, , , finetune-audited",
    "curr, LEARNED, curr, , finetune-curr",
    "top70, LEARNED, top70, , finetune-top70",
    "doremi, LEARNED, , doremi, finetune-doremi",
    "top70(robust), LEARNED, top70, robust, finetune-top70-robust",
    "mean( my/own ), LEARNED, mean, my/own, finetune-mean-my-own"
  })
  void formsMean(
      String text, Weighting.Source source, String selection, String group, String folder) {
    var weighting = Weighting.parse(text);
    assertThat(weighting.source()).isEqualTo(source);
    assertThat(weighting.selection().orElse(null)).isEqualTo(selection);
    assertThat(weighting.group().orElse(null)).isEqualTo(group);
    assertThat(weighting.folder()).isEqualTo(folder);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "best(robust)", "top(robust)", "two words", "a,b", "curr()", "-x"})
  void otherTextIsRefusedWithWhatThereIs(String text) {
    assertThatThrownBy(() -> Weighting.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not a weighting; there are uniform, proportional");
  }

  @Test
  void weightingsThatWouldShareAFolderAreRefused() {
    assertThatThrownBy(() -> new RunConfig.Pipeline(List.of("a/weights.json", "b/weights.json")))
        .hasMessageContaining("a/weights.json and b/weights.json in the same folder");
  }
}
