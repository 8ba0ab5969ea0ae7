package org.tdro.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tdro.keras.layers.Dense;
import org.tdro.keras.losses.Losses;
import org.tdro.keras.optimizers.AdamW;
import org.tdro.keras.testing.Classifier;
import org.tdro.keras.testing.Spirals;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * JavaCPP counts the native objects that wait to be freed; what a step forgets to close stays in the count until the
 * garbage collector happens to find it. (With a heap of 64 MB, 11,000 of these steps raised the resident set by 1 MB.)
 */
class NativeMemoryTest {
  private final Model model = new Classifier(1, 0.1f);

  @BeforeEach
  void warmUp() {
    model.compile(
        AdamW.builder(LearningRateSchedule.constant(1e-3)).build(),
        Losses.sparseCategoricalCrossentropy().fromLogits().labels("labels"));
    model.fit(new Spirals(20), FitOptions.steps(10));
    model.evaluate(new Spirals(1));
  }

  @AfterEach
  void close() {
    model.close();
  }

  @Test
  void fiveThousandStepsLeaveNothingBehind() {
    long before = Pointer.totalCount();
    model.fit(new Spirals(20), FitOptions.steps(5000));
    assertThat(Pointer.totalCount()).isLessThanOrEqualTo(before);
  }

  @Test
  void evaluationLeavesNothingBehind() {
    long before = Pointer.totalCount();
    model.evaluate(new Spirals(100));
    assertThat(Pointer.totalCount()).isLessThanOrEqualTo(before);
  }

  @Test
  void aPredictionThatIsClosedLeavesNothingBehind() {
    try (var batch = Spirals.slice(0, 5)) {
      long before = Pointer.totalCount();
      for (int i = 0; i < 100; i++) {
        model.predict(batch).close();
      }
      assertThat(Pointer.totalCount()).isLessThanOrEqualTo(before);
    }
  }

  @Test
  void aBatchThatIsRefusedLeavesNothingBehind() {
    Dataset narrow = index -> batch(Shape.of(4, 1), 0);
    Dataset labelled = index -> batch(Shape.of(4, 2), 3);
    var next = FitOptions.steps(1000);
    long before = Pointer.totalCount();
    for (int i = 0; i < 50; i++) {
      assertThatThrownBy(() -> model.fit(narrow, next)).hasMessageContaining("points");
      assertThatThrownBy(() -> model.fit(labelled, next)).hasMessageContaining("label");
    }
    assertThat(Pointer.totalCount()).isLessThanOrEqualTo(before);
  }

  private static Batch batch(Shape points, int label) {
    return new Batch(
        Map.of(
            "points",
            TFloat32.tensorOf(points),
            "labels",
            TInt32.vectorOf(label, label, label, label)),
        4);
  }

  @Test
  void aBatchWithoutRowsFreesItsTensors() {
    long before = Pointer.totalCount();
    for (int i = 0; i < 50; i++) {
      assertThatThrownBy(() -> new Batch(Map.of("points", TFloat32.tensorOf(Shape.of(1, 2))), 0))
          .hasMessageContaining("at least one row");
    }
    assertThat(Pointer.totalCount()).isLessThanOrEqualTo(before);
  }

  @Test
  void modelsThatCannotBeBuiltLeaveNothingBehind() {
    Runnable fails = () -> {
      try (var broken = Sequential.of(Input.of("x", 4), new Dense(8), new Reshaped())) {
        assertThatThrownBy(broken::outputs).hasMessageContaining("Reshape");
      }
    };
    fails.run();
    long before = Pointer.totalCount();
    for (int i = 0; i < 50; i++) {
      fails.run();
    }
    assertThat(Pointer.totalCount()).isLessThanOrEqualTo(before);
  }

  /** A layer that asks TensorFlow for what it refuses. */
  private static final class Reshaped implements Layer<TFloat32> {
    @Override
    public Operand<TFloat32> call(CallContext context, Operand<TFloat32> x) {
      var tf = context.tf();
      return tf.withName("Reshape").reshape(tf.constant(new float[3]), tf.constant(new int[] {2}));
    }
  }
}
