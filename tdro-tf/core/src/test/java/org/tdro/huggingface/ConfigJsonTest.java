package org.tdro.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.io.InputException;
import org.tdro.models.BertArchitecture;
import org.tdro.models.DecoderArchitecture;
import org.tdro.models.ModernBertArchitecture;
import org.tdro.models.Rope;

class ConfigJsonTest {
  private static final String DECODER = """
      "hidden_act": "silu", "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 3,
      "num_attention_heads": 4, "max_position_embeddings": 128, "rms_norm_eps": 1e-5,
      "vocab_size": 50, "rope_theta": 5e5""";
  private static final String ENCODER = """
      "hidden_act": "gelu", "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 3,
      "num_attention_heads": 4, "max_position_embeddings": 130, "layer_norm_eps": 1e-5,
      "vocab_size": 50, "type_vocab_size": 1, "pad_token_id": 1""";

  @TempDir
  Path folder;

  private DecoderArchitecture decoder(String type, String further) throws IOException {
    return (DecoderArchitecture)
        read("{\"model_type\": \"%s\", %s%s}".formatted(type, DECODER, further));
  }

  private org.tdro.models.Architecture read(String json) throws IOException {
    Files.writeString(folder.resolve("config.json"), json);
    return PublishedFolder.open(folder).architecture();
  }

  @Test
  void everyHeadHasItsOwnKeysUnlessFewerAreNamed() throws IOException {
    assertThat(decoder("llama", "").keyValueHeads()).isEqualTo(4);
    assertThat(decoder("llama", ", \"num_key_value_heads\": 2").keyValueHeads()).isEqualTo(2);
  }

  @Test
  void headsAreAShareOfTheWidthUnlessTheirSizeIsNamed() throws IOException {
    assertThat(decoder("mistral", "").headSize()).isEqualTo(16);
    assertThat(decoder("mistral", ", \"head_dim\": 32").headSize()).isEqualTo(32);
    assertThat(decoder("qwen3", "").headSize()).isEqualTo(128);
  }

  /** Qwen2's file does not name its bias; Llama's names one for all four maps. */
  @Test
  void biasesFollowFromTheFamily() throws IOException {
    var qwen = decoder("qwen2", "");
    assertThat(qwen.inputBias()).isTrue();
    assertThat(qwen.outputBias()).isFalse();
    var llama = decoder("llama", ", \"attention_bias\": true, \"mlp_bias\": true");
    assertThat(llama.inputBias()).isTrue();
    assertThat(llama.outputBias()).isTrue();
    assertThat(llama.feedForwardBias()).isTrue();
    assertThat(decoder("llama", "").inputBias()).isFalse();
    assertThat(decoder("qwen3", "").inputBias()).isFalse();
    assertThat(decoder("qwen3", ", \"attention_bias\": true").outputBias()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mistral | , \"sliding_window\": 7                                                    | 7 | 0",
        "mistral | , \"sliding_window\": null                                                 | 0 | 0",
        "qwen2   | , \"sliding_window\": 7, \"use_sliding_window\": false                     | 0 | 0",
        "qwen2   | , \"sliding_window\": 7, \"use_sliding_window\": true, \"max_window_layers\": 2 | 7 | 2",
        "qwen3   | , \"sliding_window\": 7, \"use_sliding_window\": true, \"max_window_layers\": 0 | 7 | 0",
        "qwen3   | , \"sliding_window\": 7, \"use_sliding_window\": true                      | 7 | 28",
        "llama   | , \"sliding_window\": 7                                                    | 0 | 0"
      })
  void theSlidingWindowIsTakenWhereItIsInForce(
      String type, String further, int window, int firstLayer) throws IOException {
    var architecture = decoder(type, further);
    assertThat(architecture.slidingWindow()).isEqualTo(window);
    assertThat(architecture.firstWindowLayer()).isEqualTo(firstLayer);
  }

  @Test
  void ropeIsReadFromOldAndNewFiles() throws IOException {
    var expected = new Rope(5e5, new Rope.Scaling(Rope.Kind.LLAMA3, 8, 1, 4, 64));
    var scaling =
        "\"factor\": 8.0, \"low_freq_factor\": 1.0, \"high_freq_factor\": 4.0, \"original_max_position_embeddings\": 64";
    assertThat(decoder("llama", ", \"rope_scaling\": {\"rope_type\": \"llama3\", " + scaling + "}")
            .rope())
        .isEqualTo(expected);
    assertThat(decoder(
                "llama",
                ", \"rope_parameters\": {\"rope_theta\": 5e5, \"rope_type\": \"llama3\", " + scaling
                    + "}")
            .rope())
        .isEqualTo(expected);
    assertThat(decoder("llama", ", \"rope_scaling\": {\"type\": \"linear\", \"factor\": 2.0}")
            .rope()
            .scaling())
        .isEqualTo(new Rope.Scaling(Rope.Kind.LINEAR, 2, 1, 1, 0));
  }

  /** Under two keys for readers of both ages. */
  @Test
  void ropeMayBeNamedTwiceAlike() throws IOException {
    var rope = decoder("qwen3", """
            , "rope_scaling": {"type": "linear", "factor": 2.0},
            "rope_parameters": {"rope_type": "linear", "rope_theta": 5e5, "factor": 2}""").rope();
    assertThat(rope).isEqualTo(new Rope(5e5, new Rope.Scaling(Rope.Kind.LINEAR, 2, 1, 1, 0)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "\"rope_parameters\": {\"rope_type\": \"yarn\", \"factor\": 4.0} | rope_parameters of type \"yarn\"",
        "\"rope_parameters\": {\"rope_theta\": 1e6} | rope_theta is 500000.0, but rope_parameters.rope_theta is",
        "\"rope_parameters\": {\"rope_type\": \"linear\"} | rope_parameters.factor must be a number, was missing",
        "\"rope_parameters\": {\"rope_theta\": \"1e6\"} | rope_parameters.rope_theta must be a number",
        "\"rope_parameters\": {\"partial_rotary_factor\": 0.5} | rope_parameters.partial_rotary_factor is 0.5",
        "\"rope_parameters\": {}, \"rope_scaling\": {\"type\": \"linear\", \"factor\": 2} | rope_scaling is {",
        "\"rope_parameters\": 5 | rope_parameters must be an object, was 5",
        "\"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": 8} | rope_scaling.low_freq_factor must be a number"
      })
  void rotaryPositionsThatAreNotComputedAreRefusedByName(String key, String message) {
    assertThatThrownBy(() -> decoder("qwen3", ", " + key))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("config.json: " + message);
  }

  @Test
  void robertasPositionsBeginBehindThePaddingId() throws IOException {
    var architecture =
        (BertArchitecture) read("{\"model_type\": \"xlm-roberta\", " + ENCODER + "}");
    assertThat(architecture.positionPaddingId()).isEqualTo(1);
    assertThat(architecture.maxPositions()).isEqualTo(128);
    var bert = (BertArchitecture) read("{\"model_type\": \"bert\", " + ENCODER + "}");
    assertThat(bert.maxPositions()).isEqualTo(130);
  }

  @Test
  void allThatIsWrongIsToldAtOnce() {
    assertThatThrownBy(() -> read("""
            {"model_type": "llama", "hidden_act": "relu", "hidden_size": "wide", "intermediate_size": 96,
             "num_attention_heads": 4, "max_position_embeddings": 0, "rms_norm_eps": 1e-5, "vocab_size": 50,
             "rope_scaling": {"rope_type": "yarn"}, "quantization_config": {"quant_method": "gptq"}}"""))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("config.json: the weights are quantised (gptq)")
        .hasMessageContaining("hidden_act is \"relu\", but only silu is supported")
        .hasMessageContaining("hidden_size must be a whole number above 0, was \"wide\"")
        .hasMessageContaining("num_hidden_layers must be a whole number above 0, was missing")
        .hasMessageContaining("max_position_embeddings must be a whole number above 0, was 0")
        .hasMessageContaining("rope_scaling of type \"yarn\" is not supported");
  }

  @Test
  void anUnknownModelIsNamedWithTheKnownOnes() {
    assertThatThrownBy(() -> read("{\"model_type\": \"gpt2\"}"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(
            "model_type \"gpt2\" is not supported; known are qwen2, qwen3, llama, mistral, bert, roberta, xlm-roberta");
    assertThatThrownBy(() -> read("{}"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("model_type is missing");
  }

  @Test
  void anImpossibleShapeIsToldWithItsFile() {
    assertThatThrownBy(() -> decoder("llama", ", \"num_key_value_heads\": 3"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("config.json: heads (4) must be a multiple of key-value heads (3)");
  }

  @Test
  void distilbertNamesKeysOtherwise() throws IOException {
    var shape = (BertArchitecture) read("""
        {"model_type": "distilbert", "activation": "gelu", "dim": 64, "hidden_dim": 96, "n_layers": 3, "n_heads": 4,
         "max_position_embeddings": 130, "vocab_size": 50}""");
    assertThat(shape.family()).isEqualTo(BertArchitecture.Family.DISTILBERT);
    assertThat(shape.typeVocabulary()).isZero();
    assertThat(shape.maxPositions()).isEqualTo(130);
    assertThatThrownBy(() -> read("{\"model_type\": \"distilbert\", \"n_layers\": 2000}"))
        .hasMessageContaining("dim must be a whole number above 0, was missing")
        .hasMessageContaining("n_layers must be at most 1000, was 2000");
    assertThatThrownBy(
            () -> read("{\"model_type\": \"distilbert\", \"dim\": 64, \"hidden_size\": 32}"))
        .hasMessageContaining("dim is 64, but hidden_size, another name of it, is 32");
  }

  @Test
  void numbersAreNotNegative() {
    assertThatThrownBy(
            () -> decoder("llama", ", \"initializer_range\": -1, \"attention_dropout\": -0.1"))
        .hasMessageContaining("initializer_range must be at least 0, was -1")
        .hasMessageContaining("attention_dropout must be at least 0, was -0.1");
  }

  @Test
  void thetasOfModernBertMayBeNamedTwiceButNotOtherwise() throws IOException {
    var rope = """
        , "global_rope_theta": 300.0, "rope_parameters": {"full_attention": {"rope_theta": %s},
        "sliding_attention": {"rope_type": "default"}}""";
    var shape = (ModernBertArchitecture)
        read("{\"model_type\": \"modernbert\", " + DECODER + rope.formatted("300") + "}");
    assertThat(shape.globalRope().theta()).isEqualTo(300);
    assertThat(shape.localRope().theta()).isEqualTo(10_000);
    assertThatThrownBy(
            () -> read("{\"model_type\": \"modernbert\", " + DECODER + rope.formatted("301") + "}"))
        .hasMessageContaining("which contradicts global_rope_theta");
  }

  /** Refused before a graph of so many layers is built. */
  @Test
  void moreLayersThanAnyModelHasAreRefusedAtOnce() {
    assertThatThrownBy(() -> read("{\"model_type\": \"bert\", "
            + ENCODER.replace("\"num_hidden_layers\": 3", "\"num_hidden_layers\": 1000000000")
            + "}"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("num_hidden_layers must be at most 1000, was 1000000000");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "qwen2 | \"is_causal\": true, \"use_bidirectional_attention\": true",
        "qwen3 | \"is_causal\": false, \"use_bidirectional_attention\": false",
        "llama | \"use_bidirectional_attention\": \"vision\"",
        "llama | \"partial_rotary_factor\": 0.5",
        "llama | \"layer_types\": [\"full_attention\", \"sliding_attention\", \"full_attention\"]",
        "llama | \"rope_parameters\": {\"full_attention\": {\"rope_theta\": 1e6}}",
        "qwen2 | \"auto_map\": {\"AutoModel\": \"modeling_qwen.Qwen2Model\"}",
        "bert | \"is_decoder\": true",
        "bert | \"add_cross_attention\": true",
        "bert | \"pruned_heads\": {\"0\": [1]}",
        "mpnet | \"relative_attention_num_buckets\": 16",
        "mpnet | \"is_decoder\": true",
        "gemma2 | \"use_bidirectional_attention\": true",
        "gemma2 | \"layer_types\": [\"full_attention\"]",
        "gemma3_text | \"is_causal\": false",
        "gemma3_text | \"hidden_activation\": \"gelu\"",
        "gemma3_text | \"rope_parameters\": {\"rope_theta\": 1e6}",
        "gemma3_text | \"sliding_window\": 1, \"use_bidirectional_attention\": true",
        "modernbert | \"layer_types\": [\"full_attention\", \"chunked_attention\", \"full_attention\"]",
        "modernbert | \"global_attn_every_n_layers\": 3, \"layer_types\": [\"full_attention\", \"full_attention\", \"full_attention\"]",
        "modernbert | \"hidden_activation\": \"silu\"",
        "modernbert | \"local_attention\": 1",
        "modernbert | \"rope_scaling\": {\"type\": \"linear\", \"factor\": 2}",
        "modernbert | \"is_causal\": true"
      })
  void aKeyThatChangesWhatIsComputedIsRefusedByName(String type, String key) {
    var name = key.substring(1, key.indexOf('"', 1));
    // A key that is given twice has its last value.
    var rest = switch (type) {
      case "bert", "mpnet" -> ENCODER;
      case "gemma2", "gemma3_text" -> "\"sliding_window\": 8, " + DECODER;
      default -> DECODER;
    };
    assertThatThrownBy(() -> read("{\"model_type\": \"%s\", %s, %s}".formatted(type, rest, key)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("config.json: " + name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"is_causal\": false",
        "\"use_bidirectional_attention\": true",
        "\"is_causal\": false, \"use_bidirectional_attention\": true"
      })
  void tokensMaySeeThoseAfterThem(String keys) throws IOException {
    assertThat(decoder("qwen2", ", " + keys).bidirectional()).isTrue();
    assertThat(decoder("llama", ", " + keys).bidirectional()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ", \"is_causal\": null", ", \"use_bidirectional_attention\": null"})
  void decodersAreCausalUnlessTheFileSaysOtherwise(String keys) throws IOException {
    assertThat(decoder("mistral", keys).bidirectional()).isFalse();
  }

  /** Newer files name what follows from the other keys. */
  @Test
  void keysThatSayWhatIsComputedAreAccepted() throws IOException {
    assertThat(decoder("qwen2", """
            , "is_causal": true, "use_bidirectional_attention": false, "partial_rotary_factor": 1.0,
            "sliding_window": 7, "use_sliding_window": true, "max_window_layers": 2, "auto_map": null,
            "layer_types": ["full_attention", "full_attention", "sliding_attention"]""").slidingWindow()).isEqualTo(7);
  }
}
