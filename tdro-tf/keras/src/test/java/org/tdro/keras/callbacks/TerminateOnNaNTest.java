package org.tdro.keras.callbacks;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

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
  void watchesTheLogsThatItIsGiven() {
    var logs = Training.epoch("ratio", Double.NaN);
    assertThatThrownBy(() -> new TerminateOnNaN("loss", "ratio").onTrainBatchEnd(null, 1, logs))
        .hasMessageContaining("ratio is NaN");
  }
}
