package org.tdro.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import org.tdro.io.InputException;
import org.tdro.models.Architecture;
import org.tdro.models.BertArchitecture;
import org.tdro.models.DecoderArchitecture;
import org.tdro.models.Rope;

/** From a {@code config.json} to the shape of a backbone. */
final class ModelConfigs {
  private static final List<String> KNOWN =
      List.of("qwen2", "llama", "mistral", "bert", "roberta", "xlm-roberta");

  private ModelConfigs() {}

  /** @throws InputException listing everything that is wrong, missing or not supported */
  static Architecture read(Path file) {
    var json = ConfigJson.read(file);
    var type = json.text("model_type", "");
    if (!KNOWN.contains(type)) {
      json.problem("model_type %s is not supported; known are %s"
          .formatted(
              type.isEmpty() ? "is missing, which" : "\"" + type + "\"", String.join(", ", KNOWN)));
      json.check();
    }
    if (json.has("quantization_config")) {
      json.problem("the weights are quantised (%s); take the model as it was before quantisation"
          .formatted(
              json.get("quantization_config").path("quant_method").asText("quantization_config")));
    }
    try {
      var architecture = switch (type) {
        case "bert" -> bert(json, BertArchitecture.COUNT_ALL);
        case "roberta", "xlm-roberta" -> bert(json, json.id("pad_token_id", 1));
        default -> decoder(json, type);
      };
      json.check();
      return architecture;
    } catch (IllegalArgumentException e) {
      json.problem(e.getMessage());
      json.check();
      throw e;
    }
  }

  private static BertArchitecture bert(ConfigJson json, int positionPaddingId) {
    json.only("hidden_act", "gelu");
    json.only("position_embedding_type", "absolute");
    return new BertArchitecture(
        json.size("vocab_size"),
        json.size("hidden_size"),
        json.size("num_hidden_layers"),
        json.size("num_attention_heads"),
        json.size("intermediate_size"),
        json.size("max_position_embeddings"),
        positionPaddingId,
        json.size("type_vocab_size"),
        (float) json.number("layer_norm_eps"),
        (float) json.number("hidden_dropout_prob", 0),
        (float) json.number("attention_probs_dropout_prob", 0),
        (float) json.number("initializer_range", 0.02));
  }

  private static DecoderArchitecture decoder(ConfigJson json, String type) {
    json.only("hidden_act", "silu");
    int hidden = json.size("hidden_size");
    int heads = json.size("num_attention_heads");
    // Qwen2's bias is not in its configuration; Llama's key covers the output map as well.
    boolean attentionBias = json.flag("attention_bias", false);
    boolean windowed = type.equals("mistral")
        ? json.has("sliding_window")
        : json.flag("use_sliding_window", false) && json.has("sliding_window");
    return new DecoderArchitecture(
        json.size("vocab_size"),
        hidden,
        json.size("num_hidden_layers"),
        heads,
        json.size("num_key_value_heads", heads),
        json.size("head_dim", Math.max(2, hidden / heads)),
        json.size("intermediate_size"),
        json.size("max_position_embeddings"),
        rope(json),
        (float) json.number("rms_norm_eps"),
        type.equals("qwen2") || attentionBias,
        !type.equals("qwen2") && attentionBias,
        json.flag("mlp_bias", false),
        windowed ? json.size("sliding_window") : 0,
        windowed && type.equals("qwen2") ? json.get("max_window_layers").asInt(0) : 0,
        (float) json.number("attention_dropout", 0),
        (float) json.number("initializer_range", 0.02));
  }

  /** θ and the scaling stand side by side or, in newer files, together in {@code rope_parameters}. */
  private static Rope rope(ConfigJson json) {
    var together = json.get("rope_parameters");
    var scaling = ConfigJson.isPresent(together) ? together : json.get("rope_scaling");
    double theta = together.path("rope_theta").asDouble(json.number("rope_theta", 10_000));
    return new Rope(
        theta, ConfigJson.isPresent(scaling) ? scaling(json, scaling) : Rope.Scaling.NONE);
  }

  private static Rope.Scaling scaling(ConfigJson json, JsonNode scaling) {
    var kind = scaling.path("rope_type").asText(scaling.path("type").asText("default"));
    double factor = scaling.path("factor").asDouble(1);
    return switch (kind) {
      case "default" -> Rope.Scaling.NONE;
      case "linear" -> new Rope.Scaling(Rope.Kind.LINEAR, factor, 1, 1, 0);
      case "llama3" ->
        new Rope.Scaling(
            Rope.Kind.LLAMA3,
            factor,
            scaling.path("low_freq_factor").asDouble(0),
            scaling.path("high_freq_factor").asDouble(0),
            scaling.path("original_max_position_embeddings").asInt(0));
      default -> {
        json.problem(
            "rope_scaling of type \"%s\" is not supported; known are default, linear, llama3"
                .formatted(kind));
        yield Rope.Scaling.NONE;
      }
    };
  }
}
