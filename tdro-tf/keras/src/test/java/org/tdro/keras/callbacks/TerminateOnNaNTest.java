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
  void theMeansOfPartsWithoutRowsAreNotWatched() {
    var rows = LogKey.counts("rows");
    var parts = LogKey.means("parts", rows);
    var vectors = Map.of("rows", new float[] {0, 2}, "parts", new float[] {Float.NaN, 1});
    assertThatCode(() -> new TerminateOnNaN()
            .locatedBy(parts)
            .onTrainBatchEnd(null, 1, new Logs(Map.of("loss", 1.0), vectors)))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> new TerminateOnNaN()
            .locatedBy(parts)
            .onTrainBatchEnd(
                null,
                1,
                new Logs(
                    Map.of("loss", 1.0),
                    Map.of("rows", new float[] {0, 2}, "parts", new float[] {1, Float.NaN}))))
        .isInstanceOfSatisfying(
            NotFiniteException.class, e -> assertThat(e.elements()).containsExactly(1));
  }

  @Test
  void watchesTheLogsThatItIsGiven() {
    var logs = Training.epoch("ratio", Double.NaN);
    assertThatThrownBy(() -> new TerminateOnNaN("loss", "ratio").onTrainBatchEnd(null, 1, logs))
        .hasMessageContaining("ratio is NaN");
  }
}
