package org.tdro.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tdro.keras.optimizers.Sgd;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

class LogsTest {
  private static final LogKey<float[]> PARTS = LogKey.vector("parts");

  private final Logs logs = new Logs(Map.of("loss", 0.5), Map.of("parts", new float[] {1, 2}));

  @Test
  void aValueIsReadAsItsKeySays() {
    assertThat(logs.get(Logs.LOSS)).isEqualTo(0.5);
    assertThat(logs.get(PARTS)).containsExactly(1, 2);
  }

  @Test
  void aKeyThatIsNotLoggedIsRefusedWithTheNamesOfThoseThatAre() {
    assertThatThrownBy(() -> logs.get(LogKey.scalar("lose")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there is no scalar log lose; there are [loss]");
    assertThatThrownBy(() -> logs.get(LogKey.vector("loss")))
        .hasMessage("there is no vector log loss; there are [parts]");
  }

  @Test
  void aMissingValueIsEmptyForWhoAsks() {
    assertThat(logs.find(Logs.LEARNING_RATE)).isEmpty();
  }

  @Test
  void aVectorUnderTheKeyOfAScalarIsRefusedWhenItIsLogged() {
    try (var model = new Reporting()) {
      model.compile(new Sgd(LearningRateSchedule.constant(0)));
      Dataset one = index -> new Batch(Map.of(), 1);
      assertThatThrownBy(() -> model.fit(one, FitOptions.epochs(1).withStepsPerEpoch(1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("the log loss is a scalar, but its value has the shape [2]");
    }
  }

  /** A model that reports a vector as its loss. */
  private static final class Reporting extends Model {
    Reporting() {
      super(1);
    }

    @Override
    public List<InputSpec> inputs() {
      return List.of();
    }

    @Override
    protected Operand<TFloat32> call(CallContext context, Inputs inputs) {
      return context.tf().constant(new float[] {1, 2});
    }

    @Override
    protected TrainStep trainStep(CallContext context, GradientTape tape, Inputs batch) {
      return new TrainStep().log(Logs.LOSS, call(context, batch));
    }
  }
}
