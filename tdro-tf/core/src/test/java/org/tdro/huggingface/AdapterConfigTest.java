package org.tdro.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tdro.io.InputException;
import org.tdro.models.lora.Lora;

class AdapterConfigTest {
  /** As PEFT 0.13 writes it. */
  private static final String PUBLISHED = """
      {"alpha_pattern": {}, "auto_mapping": null, "base_model_name_or_path": "../base", "bias": "none",
       "fan_in_fan_out": false, "inference_mode": true, "init_lora_weights": true, "layer_replication": null,
       "layers_pattern": null, "layers_to_transform": null, "loftq_config": {}, "lora_alpha": 32, "lora_dropout": 0.1,
       "megatron_config": null, "megatron_core": "megatron.core", "modules_to_save": null, "peft_type": "LORA", "r": 16,
       "rank_pattern": {}, "revision": null, "target_modules": ["v_proj", "q_proj"], "task_type": "FEATURE_EXTRACTION",
       "use_dora": false, "use_rslora": false}""";

  @TempDir
  Path folder;

  private Path with(String key, String value) throws IOException {
    var json = new JsonMapper();
    var config = (ObjectNode) json.readTree(PUBLISHED);
    config.set(key, json.readTree(value));
    Files.writeString(folder.resolve("adapter_config.json"), config.toString());
    return folder;
  }

  @Test
  void whatPeftWritesIsRead() throws IOException {
    assertThat(AdapterConfig.read(with("r", "16")))
        .isEqualTo(
            new AdapterConfig("../base", new Lora(16, 32, 0.1f, List.of("q_proj", "v_proj"))));
  }

  @Test
  void whatIsWrittenReadsBack() throws IOException {
    var config = new AdapterConfig("/models/base", new Lora(4, 8.5, 0.05f, List.of("dense")));
    config.write(folder);
    assertThat(AdapterConfig.read(folder)).isEqualTo(config);
  }

  /** PEFT takes a name as the end of a module's, or as the whole of it, with that of the model around the encoder. */
  @Test
  void modulesMayBeNamedWithWhatTheyAreIn() throws IOException {
    var named = with("target_modules", "[\"self_attn.q_proj\", \"model.layers.0.mlp.up_proj\"]");
    assertThat(AdapterConfig.read(named).lora().targetModules())
        .containsExactly("layers.0.mlp.up_proj", "self_attn.q_proj");
  }

  /** α / √r with α = 32 and r = 16. */
  @Test
  void rankStabilisedAdaptersAreScaledByTheRoot() throws IOException {
    var lora = AdapterConfig.read(with("use_rslora", "true")).lora();
    assertThat((double) lora.scale()).isCloseTo(8, within(1e-9));
  }

  @Test
  void modulesThatTheBaseDoesNotHaveAreRefusedWhenTheFolderIsRead() throws IOException {
    Files.createDirectories(folder.resolve("base"));
    Files.writeString(folder.resolve("base/config.json"), """
        {"model_type": "distilbert", "activation": "gelu", "dim": 8, "hidden_dim": 8, "n_layers": 1, "n_heads": 2,
         "max_position_embeddings": 9, "vocab_size": 5}""");
    var adapter = Files.createDirectories(folder.resolve("adapter"));
    Files.move(
        with("r", "4").resolve("adapter_config.json"), adapter.resolve("adapter_config.json"));
    assertThatThrownBy(() -> PublishedFolder.open(adapter))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(
            "adapter_config.json: target_modules: the model does not have q_proj, v_proj; "
                + "choose from q_lin, k_lin, v_lin, out_lin, lin1, lin2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "use_dora | true",
        "bias | \"all\"",
        "kasa_config | {\"beta\": 1}",
        "use_bdlora | {\"nblocks\": 2}",
        "modules_to_save | [\"classifier\"]",
        "rank_pattern | {\"q_proj\": 4}",
        "alpha_pattern | {\"q_proj\": 4}",
        "layers_to_transform | [0]",
        "fan_in_fan_out | true",
        "init_lora_weights | \"pissa\"",
        "peft_type | \"IA3\"",
        "target_modules | \".*_proj\"",
        "base_model_name_or_path | null",
        "lora_alpha | 0",
        "r | 0",
      })
  void whatIsNotComputedHereIsRefused(String key, String value) throws IOException {
    var file = with(key, value);
    assertThatThrownBy(() -> AdapterConfig.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("adapter_config.json")
        .hasMessageContaining(key.equals("lora_alpha") ? "alpha" : key);
  }
}
