package org.tdro.keras.gradcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.tdro.keras.Batch;
import org.tdro.keras.CallContext;
import org.tdro.keras.Dataset;
import org.tdro.keras.Execution;
import org.tdro.keras.FitOptions;
import org.tdro.keras.GradientTape;
import org.tdro.keras.Initializer;
import org.tdro.keras.InputSpec;
import org.tdro.keras.Inputs;
import org.tdro.keras.LearningRateSchedule;
import org.tdro.keras.Model;
import org.tdro.keras.RowEncoder;
import org.tdro.keras.TrainStep;
import org.tdro.keras.Weight;
import org.tdro.keras.optimizers.Sgd;
import org.tdro.keras.testing.Values;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Two sums of token vectors, of a table each, whose product times a scale is to be 1. The scale is used in the step and by the
 * first encoder.
 */
class GradientCacheTest {
  private static class Towers extends Model {
    private final Weight left;
    private final Weight right;
    final Weight scale;

    Towers(Execution execution) {
      super(1);
      execution(execution);
      left = variables().add("left", Shape.of(4, 2), Initializer.truncatedNormal(1));
      right = variables().add("right", Shape.of(4, 2), Initializer.truncatedNormal(1));
      scale = variables().add("scale", Shape.of(1), Initializer.values(0.5f));
      compile(new Sgd(LearningRateSchedule.constant(0.1)).gradientAccumulationSteps(2));
    }

    @Override
    public List<InputSpec> inputs() {
      return List.of("left", "left_mask", "right", "right_mask").stream()
          .map(name -> new InputSpec(name, TInt32.class, Shape.of(-1, -1)))
          .toList();
    }

    @Override
    protected Operand<TFloat32> call(CallContext context, Inputs inputs) {
      throw new UnsupportedOperationException("only trained");
    }

    @Override
    protected TrainStep trainStep(CallContext context, GradientTape tape, Inputs batch) {
      return new TrainStep().minimize(variables().trainable(), loss(context));
    }

    final Operand<TFloat32> loss(CallContext context) {
      var tf = context.tf();
      var x = encode(context, sum(left, true), "left", "left_mask");
      var y = encode(context, sum(right, false), "right", "right_mask");
      var product = tf.math.mul(tf.sum(tf.math.mul(x, y), tf.constant(1)), scale.read(tf));
      return tf.math.mean(tf.math.square(tf.math.sub(product, tf.constant(1f))), tf.constant(0));
    }

    private RowEncoder sum(Weight table, boolean scaled) {
      return new RowEncoder() {
        @Override
        public Operand<TFloat32> call(CallContext context, List<Operand<?>> rows) {
          var tf = context.tf();
          var ids = rows.get(0).asOutput().expect(TInt32.class);
          var mask = rows.get(1).asOutput().expect(TInt32.class);
          var vectors = tf.gather(table.read(tf), ids, tf.constant(0));
          var present = tf.expandDims(tf.dtypes.cast(mask, TFloat32.class), tf.constant(2));
          var sum = tf.sum(tf.math.mul(vectors, present), tf.constant(1));
          return scaled ? tf.math.mul(sum, scale.read(tf)) : sum;
        }

        @Override
        public int dimension() {
          return 2;
        }
      };
    }
  }

  private static Batch batch(long index) {
    int shift = (int) index;
    return new Batch(
        Map.of(
            "left", ints(new int[][] {{shift % 4, 1, 2}, {3, 0, 0}}),
            "left_mask", ints(new int[][] {{1, 1, 1}, {1, 0, 0}}),
            "right", ints(new int[][] {{2, 0}, {1, (shift + 1) % 4}}),
            "right_mask", ints(new int[][] {{1, 0}, {1, 1}})),
        2);
  }

  private static TInt32 ints(int[][] values) {
    return TInt32.tensorOf(StdArrays.ndCopyOf(values));
  }

  private static Execution chunked() {
    return GradientCache.of(1);
  }

  private static float[] trained(Execution execution) {
    try (var model = new Towers(execution)) {
      model.fit(GradientCacheTest::batch, FitOptions.steps(3));
      return Values.of(model);
    }
  }

  @Test
  void encodersOfTheirOwnAndAWeightOfTheStepLearnAsInOneRun() {
    assertThat(trained(chunked())).containsExactly(trained(Execution.direct()), within(1e-6f));
  }

  @Test
  void whatAFailedUpdateLeftBehindIsNotAddedToTheNext() {
    try (var model = new Towers(chunked())) {
      Dataset failing = index -> {
        if (index == 3) {
          throw new IllegalStateException("no such batch");
        }
        return batch(index);
      };
      assertThatThrownBy(() -> model.fit(failing, FitOptions.steps(3))).hasMessage("no such batch");
      model.fit(GradientCacheTest::batch, FitOptions.steps(3));
      assertThat(Values.of(model)).containsExactly(trained(chunked()));
    }
  }

  @Test
  void manyStepsLeaveNoNativeMemoryBehind() {
    try (var model = new Towers(chunked())) {
      model.fit(GradientCacheTest::batch, FitOptions.steps(10));
      long before = Pointer.totalCount();
      model.fit(GradientCacheTest::batch, FitOptions.steps(500));
      assertThat(Pointer.totalCount()).isLessThanOrEqualTo(before);
    }
  }

  @Test
  void aStepThatGivesGradientsInsteadOfItsLossIsRefused() {
    try (var model = new Towers(chunked()) {
      @Override
      protected TrainStep trainStep(CallContext context, GradientTape tape, Inputs batch) {
        var gradient = tape.gradient(loss(context), scale.value());
        return new TrainStep().minimize(List.of(scale), List.of(gradient));
      }
    }) {
      assertThatThrownBy(() -> model.fit(GradientCacheTest::batch, FitOptions.steps(1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("a step says which loss is minimised");
    }
  }

  @Test
  void aWeightWithoutGradientIsRefusedByName() {
    try (var model = new Towers(chunked())) {
      model.variables().add("unused", Shape.of(1), Initializer.zeros());
      assertThatThrownBy(() -> model.fit(GradientCacheTest::batch, FitOptions.steps(1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no gradient of the loss with respect to [unused]");
    }
  }

  @Test
  void vectorsThatTheLossDoesNotUseAreRefused() {
    try (var model = new Towers(chunked()) {
      @Override
      protected TrainStep trainStep(CallContext context, GradientTape tape, Inputs batch) {
        loss(context);
        var unrelated = tape.tf().sum(scale.read(tape.tf()), tape.tf().constant(0));
        return new TrainStep().minimize(List.of(scale), unrelated);
      }
    }) {
      assertThatThrownBy(() -> model.fit(GradientCacheTest::batch, FitOptions.steps(1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("the loss does not depend on");
    }
  }

  @Test
  void anEncoderThatAssignsStateIsRefused() {
    try (var model = new Towers(chunked()) {
      @Override
      protected TrainStep trainStep(CallContext context, GradientTape tape, Inputs batch) {
        encode(context, assigning(), "left");
        return new TrainStep();
      }

      private RowEncoder assigning() {
        return new RowEncoder() {
          @Override
          public Operand<TFloat32> call(CallContext called, List<Operand<?>> rows) {
            called.assign(scale, called.tf().constant(new float[] {1}));
            return called.tf().dtypes.cast(rows.get(0), TFloat32.class);
          }

          @Override
          public int dimension() {
            return 3;
          }
        };
      }
    }) {
      assertThatThrownBy(() -> model.fit(GradientCacheTest::batch, FitOptions.steps(1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("cannot be run in chunks");
    }
  }
}
