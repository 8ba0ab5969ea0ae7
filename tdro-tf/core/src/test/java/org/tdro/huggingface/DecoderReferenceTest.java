package org.tdro.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** States and gradients of published decoders, against a reference in double precision. */
class DecoderReferenceTest {
  /** 3e-6 was measured. */
  private static final double GRADIENTS = 1e-5;

  private static final JsonMapper JSON = new JsonMapper();

  private static final String SHARED = """
      {"hidden_act": "silu", "hidden_size": 12, "intermediate_size": 20, "num_hidden_layers": 2, "num_attention_heads": 4,
       "num_key_value_heads": 2, "head_dim": 8, "max_position_embeddings": 64, "rms_norm_eps": 1e-6, "vocab_size": 30}""";

  @TempDir
  Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        // As Qwen3-Embedding is published.
        """
        {"model_type": "qwen3", "attention_bias": false, "rope_theta": 1000000, "rope_scaling": null, "tie_word_embeddings": true,
         "use_sliding_window": false, "sliding_window": null, "max_window_layers": 28}""",
        // As transformers writes the attention of its layers.
        """
        {"model_type": "qwen3", "attention_bias": true, "rope_theta": 1000000, "use_sliding_window": true, "sliding_window": 3,
         "max_window_layers": 1, "layer_types": ["full_attention", "sliding_attention"]}""",
        // In both directions.
        """
        {"model_type": "qwen3", "is_causal": false}""",
        """
        {"model_type": "qwen3", "use_bidirectional_attention": true, "use_sliding_window": true, "sliding_window": 2,
         "max_window_layers": 1}""",
        """
        {"model_type": "qwen2", "is_causal": false}""",
        """
        {"model_type": "qwen2", "is_causal": false, "use_sliding_window": true, "sliding_window": 2, "max_window_layers": 0}""",
        """
        {"model_type": "llama", "use_bidirectional_attention": true, "attention_bias": true}""",
        """
        {"model_type": "mistral", "is_causal": false, "sliding_window": 3}""",
        """
        {"model_type": "mistral", "is_causal": false, "use_bidirectional_attention": true, "sliding_window": null}""",
        // As transformers 5 writes rotary positions.
        """
        {"model_type": "qwen3", "rope_parameters": {"rope_type": "default", "rope_theta": 1000000.0}}""",
        """
        {"model_type": "qwen2", "rope_parameters": {"rope_type": "linear", "rope_theta": 5000.0, "factor": 3.0}}""",
        """
        {"model_type": "llama", "rope_parameters": {"rope_type": "llama3", "rope_theta": 10000.0, "factor": 8.0,
         "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 128}}""",
        """
        {"model_type": "mistral", "sliding_window": 3, "rope_parameters": {"rope_type": "default", "rope_theta": 300.0}}"""
      })
  void statesAndGradientsAreThoseOfTheReference(String further) throws IOException {
    var comparison = new ReferenceComparison(
        new DecoderInDoubles(config(further), 7), "model.", folder, GRADIENTS);
    comparison.write();
    comparison.assertAgrees();
    comparison.assertWritesBack();
  }

  private static final String GEMMA = """
      {"hidden_activation": "gelu_pytorch_tanh", "hidden_size": 12, "intermediate_size": 20, "num_hidden_layers": 3,
       "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8, "max_position_embeddings": 64, "rms_norm_eps": 1e-6,
       "vocab_size": 30, "query_pre_attn_scalar": 24, "sliding_window": 4, "hidden_act": "gelu_pytorch_tanh",
       "final_logit_softcapping": 30.0}""";

  @ParameterizedTest
  @ValueSource(
      strings = {
        // As Gemma 2 is published.
        """
        {"model_type": "gemma2", "attn_logit_softcapping": 1.5, "rope_theta": 10000.0, "cache_implementation": "hybrid"}""",
        """
        {"model_type": "gemma2", "attn_logit_softcapping": null, "attention_bias": true,
         "layer_types": ["full_attention", "sliding_attention", "sliding_attention"],
         "rope_parameters": {"rope_type": "default", "rope_theta": 500.0}}""",
        // As Gemma 3 is published.
        """
        {"model_type": "gemma3_text", "rope_theta": 1000000, "rope_local_base_freq": 100, "sliding_window_pattern": 2,
         "rope_scaling": {"rope_type": "linear", "factor": 8.0}, "attn_logit_softcapping": null}""",
        // As EmbeddingGemma is.
        """
        {"model_type": "gemma3_text", "use_bidirectional_attention": true, "_sliding_window_pattern": 6,
         "rope_local_base_freq": 10000.0, "rope_scaling": null, "rope_theta": 1000000.0,
         "layer_types": ["sliding_attention", "sliding_attention", "full_attention"]}""",
        // As transformers 5 writes it.
        """
        {"model_type": "gemma3_text", "use_bidirectional_attention": true,
         "layer_types": ["sliding_attention", "full_attention", "sliding_attention"],
         "rope_parameters": {"full_attention": {"rope_type": "linear", "factor": 2.0, "rope_theta": 3000.0},
                             "sliding_attention": {"rope_type": "default", "rope_theta": 70.0}}}"""
      })
  void soAreThoseOfGemma(String further) throws IOException {
    var config = ((ObjectNode) JSON.readTree(GEMMA)).setAll((ObjectNode) JSON.readTree(further));
    var comparison =
        new ReferenceComparison(new DecoderInDoubles(config, 7), "model.", folder, GRADIENTS);
    comparison.write();
    comparison.assertAgrees();
    comparison.assertWritesBack();
  }

  private static JsonNode config(String further) throws IOException {
    return ((ObjectNode) JSON.readTree(SHARED)).setAll((ObjectNode) JSON.readTree(further));
  }
}
