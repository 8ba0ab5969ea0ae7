package org.tdro.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tdro.keras.losses.Losses;
import org.tdro.keras.optimizers.Sgd;
import org.tdro.keras.testing.Classifier;
import org.tdro.keras.testing.Spirals;
import org.tdro.keras.testing.Values;

class FitLoopTest {
  private final Model model = new Classifier(1);
  private final List<String> calls = new ArrayList<>();
  private final List<Long> batches = new ArrayList<>();

  @AfterEach
  void close() {
    model.close();
  }

  private void compile(int gradientAccumulationSteps) {
    model.compile(
        new Sgd(LearningRateSchedule.constant(0.1))
            .gradientAccumulationSteps(gradientAccumulationSteps),
        Losses.sparseCategoricalCrossentropy().fromLogits().labels("labels"));
  }

  /** Seven batches an epoch, the numbers of which are noted. */
  private class Noted implements Dataset {
    @Override
    public Batch batch(long index) {
      batches.add(index);
      return Spirals.slice(index * 8, 8);
    }

    @Override
    public OptionalLong batchesPerEpoch() {
      return OptionalLong.of(7);
    }
  }

  /** Notes every call. */
  private class Recorder implements Callback {
    @Override
    public void onRestore(Model model) {
      calls.add("restore");
    }

    @Override
    public void onTrainBegin(Model model, FitOptions options) {
      calls.add("begin");
    }

    @Override
    public void onTrainEnd(Model model, Logs logs) {
      calls.add("end");
    }

    @Override
    public void onEpochBegin(Model model, long epoch) {
      calls.add("epoch begin " + epoch);
    }

    @Override
    public void onEpochEnd(Model model, long epoch, Logs logs) {
      calls.add("epoch end " + epoch);
    }

    @Override
    public void onTrainBatchBegin(Model model, long step) {
      calls.add("step begin " + step);
    }

    @Override
    public void onTrainBatchEnd(Model model, long step, Logs logs) {
      calls.add("step end " + step);
    }

    @Override
    public void onCheckpoint(Model model, long step) {
      calls.add("checkpoint " + step);
    }

    @Override
    public void onTrainFailed(Model model, RuntimeException failure) {
      calls.add("failed: " + failure.getMessage());
    }
  }

  @Test
  void hooksAreCalledInOrder() {
    compile(1);
    model.fit(new Noted(), FitOptions.epochs(2).withStepsPerEpoch(1).withCallbacks(new Recorder()));
    assertThat(calls)
        .containsExactly(
            "restore",
            "begin",
            "epoch begin 0",
            "step begin 1",
            "step end 1",
            "epoch end 0",
            "checkpoint 1",
            "epoch begin 1",
            "step begin 2",
            "step end 2",
            "epoch end 1",
            "checkpoint 2",
            "end");
  }

  @Test
  void anEpochHasWholeUpdatesAndTheRestOpensTheNextOne() {
    compile(3);
    model.fit(new Noted(), FitOptions.epochs(2));
    assertThat(model.iterations()).isEqualTo(4);
    assertThat(batches)
        .containsExactlyElementsOf(LongStream.range(0, 12).boxed().toList());
  }

  @Test
  void fewerBatchesThanAnUpdateNeedsAreRefused() {
    compile(8);
    assertThatThrownBy(() -> model.fit(new Noted(), FitOptions.epochs(1)))
        .hasMessageContaining("7 batches, fewer than the 8 of one update");
  }

  @Test
  void stopTrainingEndsAfterTheStepAndTheEpochWhereItIsTheLastOne() {
    compile(1);
    var stop = new Recorder() {
      @Override
      public void onTrainBatchEnd(Model model, long step, Logs logs) {
        if (step == 2) {
          model.stopTraining();
        }
      }
    };
    model.fit(new Noted(), FitOptions.epochs(3).withStepsPerEpoch(2).withCallbacks(stop));
    assertThat(calls.subList(calls.size() - 3, calls.size()))
        .containsExactly("epoch end 0", "checkpoint 2", "end");
    assertThat(model.isTrainingFinished()).isFalse();
  }

  @Test
  void trainingGoesOnAfterItWasStopped() {
    compile(1);
    var stop = new Callback() {
      @Override
      public void onTrainBatchEnd(Model model, long step, Logs logs) {
        model.stopTraining();
      }
    };
    model.fit(new Noted(), FitOptions.epochs(1).withCallbacks(stop));
    assertThat(model.iterations()).isEqualTo(1);
    model.fit(new Noted(), FitOptions.epochs(1));
    assertThat(model.iterations()).isEqualTo(7);
    assertThat(model.isTrainingFinished()).isTrue();
  }

  @Test
  void everyCallbackHearsOfADatasetThatFails() {
    compile(1);
    Dataset failing = index -> {
      throw new IllegalStateException("disk gone");
    };
    var worse = new Callback() {
      @Override
      public void onTrainFailed(Model model, RuntimeException failure) {
        throw new IllegalArgumentException("and more");
      }
    };
    assertThatThrownBy(
            () -> model.fit(failing, FitOptions.steps(3).withCallbacks(worse, new Recorder())))
        .hasMessage("disk gone")
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
    assertThat(calls).endsWith("step begin 1", "failed: disk gone");
  }

  @Test
  void anUpdateThatFailedMidwayIsRepeatedWhole() {
    compile(2);
    var failOnce = new Noted() {
      private boolean failed;

      @Override
      public Batch batch(long index) {
        if (index == 3 && !failed) {
          failed = true;
          throw new IllegalStateException("disk gone");
        }
        return super.batch(index);
      }
    };
    assertThatThrownBy(() -> model.fit(failOnce, FitOptions.steps(3))).hasMessage("disk gone");
    model.fit(failOnce, FitOptions.steps(3));
    try (var other = new Classifier(1)) {
      other.compile(
          new Sgd(LearningRateSchedule.constant(0.1)).gradientAccumulationSteps(2),
          Losses.sparseCategoricalCrossentropy().fromLogits().labels("labels"));
      other.fit(new Noted(), FitOptions.steps(3));
      assertThat(Values.of(model)).isEqualTo(Values.of(other));
    }
  }
}
