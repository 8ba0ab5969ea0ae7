package org.tdro.huggingface;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.huggingface.safetensors.ShardPlan;
import org.tdro.huggingface.safetensors.TensorSpec;
import org.tdro.keras.Variables;
import org.tdro.keras.Weight;
import org.tdro.keras.testing.Values;
import org.tdro.models.lora.Adapters;
import org.tdro.text.BytePairTrainer;
import org.tdro.text.WordCounts;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/** A decoder of two layers and width 16 with weights from a seed, in Hugging Face's form. */
public final class SmallCheckpoint {
  /** Ids that it has embeddings for; its tokenizer has two more. */
  public static final int VOCABULARY = 256;

  private static final String CONFIG = """
      {"model_type": "qwen2", "hidden_act": "silu", "hidden_size": 16, "intermediate_size": 24,
       "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
       "max_position_embeddings": 64, "rms_norm_eps": 1e-6, "rope_theta": 10000.0,
       "vocab_size": 256, "initializer_range": 0.2, "eos_token_id": 1}
      """;

  private SmallCheckpoint() {}

  /** Writes a Qwen2; its tokenizer makes a token of each byte and appends an end token. */
  public static Path write(Path folder, long seed) throws IOException {
    return write(folder, seed, "{}");
  }

  /**
   * Writes a decoder.
   *
   * @param keys of its {@code config.json}, an object, where they differ from a Qwen2's
   */
  public static Path write(Path folder, long seed, String keys) throws IOException {
    Files.createDirectories(folder);
    var json = new JsonMapper();
    var config = ((ObjectNode) json.readTree(CONFIG)).setAll((ObjectNode) json.readTree(keys));
    Files.writeString(folder.resolve("config.json"), config.toString());
    new BytePairTrainer(258).train(new WordCounts(false)).write(folder.resolve("tokenizer.json"));
    try (var graph = new Graph();
        var session = new Session(graph)) {
      var tf = Ops.create(graph);
      var variables = new Variables(graph, "");
      PublishedFolder.open(folder).architecture().build(variables.scope(), Adapters.NONE);
      Variables.initialize(tf, session, variables.all(), seed);
      var weights = new TreeMap<String, Weight>();
      variables.all().forEach(weight -> weights.put(TensorNames.of(weight), weight));
      var specs = weights.entrySet().stream()
          .map(entry -> new TensorSpec(entry.getKey(), DType.F32, shape(entry.getValue())))
          .toList();
      // Square and oblong kernels alike may lie turned: they are drawn at random.
      ShardPlan.of(specs, ShardPlan.DEFAULT_SHARD_BYTES)
          .write(
              folder,
              (spec, sink) ->
                  sink.write(bytes(Values.of(session, weights.get(spec.name()).value()))));
    }
    return folder;
  }

  private static long[] shape(Weight weight) {
    var shape = weight.shape().asArray();
    return TensorNames.isTransposed(weight) ? new long[] {shape[1], shape[0]} : shape;
  }

  private static ByteBuffer bytes(float[] values) {
    var bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes;
  }
}
