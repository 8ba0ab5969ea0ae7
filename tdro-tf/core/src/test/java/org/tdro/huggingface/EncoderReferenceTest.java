package org.tdro.huggingface;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** States and gradients of published encoders, against a reference in double precision. */
class EncoderReferenceTest {
  /** 1.3e-4 was measured with a query bias of DistilBERT, to which the tokens add terms that nearly cancel. */
  private static final double GRADIENTS = 2e-4;

  private static final JsonMapper JSON = new JsonMapper();

  private static final String BERT = """
      {"hidden_act": "gelu", "hidden_size": 16, "intermediate_size": 20, "num_hidden_layers": 2, "num_attention_heads": 4,
       "max_position_embeddings": 24, "layer_norm_eps": 1e-5, "vocab_size": 30, "hidden_dropout_prob": 0.1,
       "attention_probs_dropout_prob": 0.1, "initializer_range": 0.02}""";

  private static final String DISTILBERT = """
      {"model_type": "distilbert", "activation": "gelu", "dim": 16, "hidden_dim": 20, "n_layers": 2, "n_heads": 4,
       "max_position_embeddings": 24, "vocab_size": 30, "dropout": 0.1, "attention_dropout": 0.1, "initializer_range": 0.02,
       "sinusoidal_pos_embds": false, "tie_weights_": true, "qa_dropout": 0.1, "seq_classif_dropout": 0.2, "pad_token_id": 0}""";

  @TempDir
  Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "bert.       | {\"model_type\": \"bert\", \"type_vocab_size\": 2, \"pad_token_id\": 0}",
        "roberta.    | {\"model_type\": \"roberta\", \"type_vocab_size\": 1, \"pad_token_id\": 1}",
        // The padding id is met in the texts, too.
        "roberta.    | {\"model_type\": \"xlm-roberta\", \"type_vocab_size\": 1, \"pad_token_id\": 3}",
        "roberta.    | {\"model_type\": \"camembert\", \"type_vocab_size\": 1, \"pad_token_id\": 1}",
        "mpnet.      | {\"model_type\": \"mpnet\", \"relative_attention_num_buckets\": 32, \"pad_token_id\": 0}",
        "''          | {\"model_type\": \"mpnet\"}"
      })
  void statesAndGradientsAreThoseOfTheReference(String prefix, String further) throws IOException {
    var config = ((ObjectNode) JSON.readTree(BERT)).setAll((ObjectNode) JSON.readTree(further));
    compare(prefix, new BertInDoubles(config, 11));
  }

  @ParameterizedTest
  @CsvSource({"distilbert.", "''"})
  void soAreThoseOfDistilbert(String prefix) throws IOException {
    compare(prefix, new BertInDoubles(JSON.readTree(DISTILBERT), 11));
  }

  private static final String MODERNBERT = """
      {"model_type": "modernbert", "hidden_activation": "gelu", "hidden_size": 16, "intermediate_size": 12, "num_hidden_layers": 4,
       "num_attention_heads": 4, "max_position_embeddings": 64, "norm_eps": 1e-5, "vocab_size": 30,
       "position_embedding_type": "absolute", "local_attention": 4, "embedding_dropout": 0.1, "mlp_dropout": 0.1,
       "attention_dropout": 0.1, "classifier_pooling": "mean", "initializer_cutoff_factor": 2.0, "reference_compile": null}""";

  @ParameterizedTest
  @ValueSource(
      strings = {
        // As ModernBERT is published.
        """
        {"global_attn_every_n_layers": 3, "global_rope_theta": 160000.0, "local_rope_theta": 10000.0,
         "attention_bias": false, "mlp_bias": false, "norm_bias": false}""",
        """
        {"global_attn_every_n_layers": 2, "global_rope_theta": 100.0, "local_rope_theta": null,
         "attention_bias": true, "mlp_bias": true, "norm_bias": true}""",
        // As transformers 5 writes it.
        """
        {"layer_types": ["sliding_attention", "full_attention", "full_attention", "sliding_attention"], "local_attention": 3,
         "rope_parameters": {"full_attention": {"rope_type": "linear", "factor": 4.0, "rope_theta": 160000.0},
                             "sliding_attention": {"rope_type": "default", "rope_theta": 50.0}}}"""
      })
  void soAreThoseOfModernBert(String further) throws IOException {
    var config =
        ((ObjectNode) JSON.readTree(MODERNBERT)).setAll((ObjectNode) JSON.readTree(further));
    compare("model.", new ModernBertInDoubles(config, 5));
  }

  private void compare(String prefix, ModelInDoubles reference) throws IOException {
    var comparison = new ReferenceComparison(reference, prefix, folder, GRADIENTS);
    comparison.write();
    comparison.assertAgrees();
    comparison.assertWritesBack();
  }
}
