package org.tdro.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tdro.testing.Shared;

/** Rates of the published code's schedules, {@code golden/schedules}. */
class LearningRateScheduleTest {

  static List<JsonNode> schedules() throws IOException {
    var file = Shared.path("golden/schedules/schedules.json");
    var schedules = new ArrayList<JsonNode>();
    new JsonMapper().readTree(file.toFile()).get("schedules").forEach(schedules::add);
    return schedules;
  }

  @ParameterizedTest
  @MethodSource("schedules")
  void ratesAreThoseOfThePublishedCode(JsonNode expected) {
    var schedule = schedule(expected);
    var rates = expected.get("lr_at_step");
    for (int updatesDone = 0; updatesDone < rates.size(); updatesDone++) {
      double rate = rates.get(updatesDone).doubleValue();
      assertThat(schedule.rate(updatesDone))
          .as("after %d updates", updatesDone)
          .isCloseTo(rate, within(1e-12 * rate));
    }
  }

  private static LearningRateSchedule schedule(JsonNode expected) {
    double peak = expected.get("base_lr").doubleValue();
    long steps = expected.get("num_training_steps").longValue();
    long warmup = expected.get("num_warmup_steps").longValue();
    double minRatio = expected.get("min_lr_ratio").doubleValue();
    return switch (expected.get("type").textValue()) {
      case "linear" -> LearningRateSchedule.linear(peak, steps, warmup, minRatio);
      case "cosine" -> LearningRateSchedule.cosine(peak, steps, warmup, minRatio);
      case "constant" -> LearningRateSchedule.constant(peak);
      case "constant_with_warmup" -> LearningRateSchedule.constantWithWarmup(peak, warmup);
      default -> throw new IllegalStateException("no such schedule: " + expected.get("type"));
    };
  }
}
