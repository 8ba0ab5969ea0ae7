package org.tdro.huggingface;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tdro.io.InputException;
import org.tdro.models.Architecture;
import org.tdro.models.lora.Lora;

/**
 * {@code adapter_config.json}, in which PEFT describes adapters.
 *
 * @param base the model they adapt: a folder, or a name that only a hub knows
 * @param lora rank, α and adapted maps
 */
public record AdapterConfig(String base, Lora lora) {
  static final String NAME = "adapter_config.json";

  /** Ways to draw A and B that leave the base as it is; others change it, as only PEFT can. */
  private static final Set<String> KNOWN_INITIALISERS =
      Set.of("true", "false", "gaussian", "orthogonal", "eva");

  /** Keys that change what is computed, unless they are absent, null, false or empty. */
  private static final List<String> NOT_COMPUTED = List.of(
      "use_dora",
      "use_qalora",
      "use_bdlora",
      "kasa_config",
      "monteclora_config",
      "velora_config",
      "lora_bias",
      "fan_in_fan_out",
      "modules_to_save",
      "rank_pattern",
      "alpha_pattern",
      "layers_to_transform",
      "layer_replication",
      "exclude_modules",
      "target_parameters",
      "trainable_token_indices",
      "alora_invocation_tokens",
      "arrow_config");

  /**
   * Reads the file of a folder.
   *
   * @throws InputException listing everything that is wrong, missing or not computed here
   */
  static AdapterConfig read(Path folder) {
    var reading = new FolderReading();
    var config = read(PublishedJson.read(folder.resolve(NAME), reading));
    reading.check();
    return config.orElseThrow();
  }

  /** Reads the description of adapters; empty, with problems of {@code json}, if anything is wrong, missing or not computed here. */
  static Optional<AdapterConfig> read(PublishedJson json) {
    if (!json.text("peft_type", "").equals("LORA")) {
      json.problem(
          "peft_type is %s, but only \"LORA\" is supported".formatted(json.get("peft_type")));
      return Optional.empty();
    }
    json.only("bias", "none");
    for (var key : NOT_COMPUTED) {
      json.refuse(
          key, "it is not computed here; merge the adapters in Python, with merge_and_unload()");
    }
    if (json.has("init_lora_weights")
        && !KNOWN_INITIALISERS.contains(json.text("init_lora_weights", ""))) {
      json.problem(
          "init_lora_weights is %s, which changes the base model; save the adapters in PEFT with path_initial_model_for_weight_conversion"
              .formatted(json.get("init_lora_weights")));
    }
    int rank = json.size("r");
    double alpha = json.number("lora_alpha");
    // Rank-stabilised adapters are scaled by α / √r (Kalajdzievski 2023), others by α / r.
    double scaled = json.flag("use_rslora", false) ? alpha * Math.sqrt(rank) : alpha;
    var targets = targets(json);
    if (!json.has("base_model_name_or_path")) {
      json.problem("base_model_name_or_path is missing: it names the folder of the base model");
    }
    var base = json.text("base_model_name_or_path", "");
    float dropout = (float) json.number("lora_dropout", 0);
    try {
      return Optional.of(new AdapterConfig(base, new Lora(rank, scaled, dropout, targets)));
    } catch (IllegalArgumentException e) {
      json.problem(e.getMessage());
      return Optional.empty();
    }
  }

  private static List<String> targets(PublishedJson json) {
    var targets = new ArrayList<String>();
    var listed = json.get("target_modules");
    listed.forEach(target -> targets.add(target.asText()));
    if (!listed.isArray() || targets.isEmpty()) {
      json.problem(
          "target_modules must be a list of names, was %s; a pattern is not followed here: list the names that it matches"
              .formatted(listed));
    }
    return targets.stream().map(TensorNames::withoutPrefix).sorted().toList();
  }

  /** Adds a problem of {@code file} if it names modules that the base model, of that shape, does not have. */
  void check(Architecture shape, Path file, FolderReading reading) {
    try {
      lora.check(shape.maps());
    } catch (IllegalArgumentException e) {
      reading.problem(file + ": target_modules: " + e.getMessage());
    }
  }

  /** Writes it into a folder, as PEFT reads it. */
  void write(Path folder) throws IOException {
    var json = JsonNodeFactory.instance
        .objectNode()
        .put("peft_type", "LORA")
        .put("task_type", "FEATURE_EXTRACTION")
        .put("base_model_name_or_path", base)
        .put("r", lora.rank())
        .put("lora_dropout", lora.dropout())
        .put("bias", "none")
        .put("fan_in_fan_out", false)
        .put("use_rslora", false)
        .put("use_dora", false)
        .put("init_lora_weights", true)
        .put("inference_mode", true);
    // PEFT declares it an integer but computes with any number.
    if (lora.alpha() == Math.rint(lora.alpha()) && lora.alpha() <= Integer.MAX_VALUE) {
      json.put("lora_alpha", (int) lora.alpha());
    } else {
      json.put("lora_alpha", lora.alpha());
    }
    var targets = json.putArray("target_modules");
    lora.targetModules().stream().sorted().forEach(targets::add);
    PublishedJson.write(folder.resolve(NAME), json);
  }
}
