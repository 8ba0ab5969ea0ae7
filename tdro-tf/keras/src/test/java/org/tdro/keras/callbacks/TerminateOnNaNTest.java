package org.tdro.keras.callbacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tdro.keras.LogKey;
import org.tdro.keras.Logs;

class TerminateOnNaNTest {
  @Test
  void namesTheStepAndTheLog() {
    assertThatThrownBy(() ->
            new TerminateOnNaN().onTrainBatchEnd(null, 12, Training.epoch("loss", Double.NaN)))
        .isInstanceOf(NotFiniteException.class)
        .hasMessage("training stopped: loss is NaN at step 12");
  }

  @Test
  void infinityIsNoLossEither() {
    var infinite = Training.epoch("loss", Double.POSITIVE_INFINITY);
    assertThatThrownBy(() -> new TerminateOnNaN().onTrainBatchEnd(null, 1, infinite))
        .hasMessageContaining("loss is Infinity");
  }

  @Test
  void otherLogsMayBeAnything() {
    var logs = Training.epoch("ratio", Double.NaN);
    assertThatCode(() -> new TerminateOnNaN().onTrainBatchEnd(null, 1, logs))
        .doesNotThrowAnyException();
  }

  @Test
  void namesTheElementsOfTheVectorThatLocatesIt() {
    var parts = LogKey.vector("parts");
    var logs = new Logs(
        Map.of("loss", Double.NaN), Map.of("parts", new float[] {1, Float.NaN, 2, Float.NaN}));
    assertThatThrownBy(() -> new TerminateOnNaN().locatedBy(parts).onTrainBatchEnd(null, 1, logs))
        .isInstanceOfSatisfying(
            NotFiniteException.class, e -> assertThat(e.elements()).containsExactly(1, 3));
  }

  @Test
  void watchesTheLogsThatItIsGiven() {
    var logs = Training.epoch("ratio", Double.NaN);
    assertThatThrownBy(() -> new TerminateOnNaN("loss", "ratio").onTrainBatchEnd(null, 1, logs))
        .hasMessageContaining("ratio is NaN");
  }
}
