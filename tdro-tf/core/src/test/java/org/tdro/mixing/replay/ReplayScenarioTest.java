package org.tdro.mixing.replay;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tdro.io.InputException;

class ReplayScenarioTest {
  private static final String SCENARIO = """
      {"options": {"normalize_group_loss_scale_with_ref_loss": true, "p_norm_of_ref_loss": 1,
        "group_loss_minus_ref_loss": false, "reweight_eta": 0.02, "ema": 0.1, "weight_ema": false,
        "normalize_weights_on_every_update": true, "dro_optimizer": "sgd", "dro_weight_decay": 0.0,
        "dro_epsilon": 1e-08, "dro_rmsprop_alpha": 0.99, "dro_adam_beta1": 0.9, "dro_adam_beta2": 0.999,
        "dro_apply_grad_norm": true, "dro_apply_grad_clip": false, "dro_max_grad_norm": 1.0,
        "dro_lr_scheduler_type": "constant", "dro_warmup_ratio": 0.0, "dro_warmup_steps": 0,
        "dro_save_top_percent_uniform_weights": [50]},
       "run": {"gradient_accumulation_steps": 1, "updates": 1, "min_lr_ratio": 0.0, "reference_losses": true},
       "domains": [{"name": "a", "id": 0, "size": 10}, {"name": "b", "id": 1, "size": 30}],
       "initial": {"weights": [0.5, 0.5]},
       "micro_batches": [{"domain_ids": [0, 1], "lm_loss": [1.0, 2.0], "ref_loss": [1.0, 1.0]}]}
      """;

  @TempDir
  Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[1.0, 2.0] | [1.0] | micro_batches[0].lm_loss: there must be one for each of the 2 rows",
        "[1.0, 2.0] | [1.0, null] | micro_batches[0].lm_loss[1]:",
        "[1.0, 2.0] | [1.0, \"2\"] | micro_batches[0].lm_loss[1]:",
        "[1.0, 2.0] | [1.0, NaN] | micro_batches[0].lm_loss[1]: must be finite, was NaN",
        "[0, 1] | [0, 2] | micro_batches[0].domain_ids[1]: there is no domain 2",
        "[0, 1] | [0, 0.5] | micro_batches[0].domain_ids[1]:",
        ", \"ref_loss\": [1.0, 1.0] | '' | micro_batches[0].ref_loss: is missing",
        "[0.5, 0.5] | [0.5, 0] | initial.weights[1]: must be above 0",
        "\"id\": 1 | \"id\": 2 | domains[1].id: must be 1, was 2",
        "\"updates\": 1 | \"updates\": 3 | micro_batches: there must be 3",
        "\"reweight_eta\": 0.02 | \"reweight_eta\": -1 | stepSize must be above 0, was -1",
        "\"sgd\" | \"sdg\" | options.dro_optimizer: ",
        "\"ema\": 0.1, | '' | options.ema: ",
        "\"initial\": {\"weights\": [0.5, 0.5]}, | '' | initial: ",
        "\"gradient_accumulation_steps\": 1 | \"gradient_accumulation_steps\": 0 | run: gradient_accumulation_steps must be at least 1",
      })
  void aMalformedScenarioIsReportedByFileAndPath(String good, String bad, String message)
      throws IOException {
    var file = folder.resolve("scenario.json");
    Files.writeString(file, SCENARIO.replace(good, bad));
    assertThatThrownBy(() -> ReplayScenario.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message);
  }

  @Test
  void malformedJsonIsReportedByLine() throws IOException {
    var file = folder.resolve("scenario.json");
    Files.writeString(file, "{\n\"options\": }");
    assertThatThrownBy(() -> ReplayScenario.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + ":2: not valid JSON");
  }

  /** It exceeds a limit of the parser, which then gives no location. */
  @Test
  void deeplyNestedJsonIsRefused() throws IOException {
    var file = folder.resolve("scenario.json");
    Files.writeString(
        file, "{\"unknown\": " + "[".repeat(2000) + "]".repeat(2000) + ", \"options\": {}}");
    assertThatThrownBy(() -> ReplayScenario.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file.toString());
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> ReplayScenario.read(folder.resolve("absent.json")))
        .isInstanceOf(InputException.class)
        .hasMessage(folder.resolve("absent.json") + ": there is no such file");
  }
}
