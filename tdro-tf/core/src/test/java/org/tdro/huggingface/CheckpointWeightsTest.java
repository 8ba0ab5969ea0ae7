package org.tdro.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.huggingface.safetensors.ShardPlan;
import org.tdro.huggingface.safetensors.TensorSpec;
import org.tdro.io.InputException;
import org.tdro.keras.Initializer;
import org.tdro.keras.Variables;
import org.tdro.keras.testing.Values;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;

/** Loading into a table of 4 embeddings of width 2, a map from 2 to 3 and a norm. */
class CheckpointWeightsTest {
  @TempDir
  Path folder;

  private final Map<TensorSpec, float[]> stored = new LinkedHashMap<>();

  private void store(String name, long[] shape, float... values) {
    stored.put(new TensorSpec(name, DType.F32, shape), values);
  }

  private void storeAll() {
    store("model.embed_tokens.weight", new long[] {4, 2}, 1, 2, 3, 4, 5, 6, 7, 8);
    store("model.layers.0.mlp.up_proj.weight", new long[] {3, 2}, 1, 2, 3, 4, 5, 6);
    store("model.norm.weight", new long[] {2}, 7, 8);
  }

  private List<float[]> load(long rows) throws IOException {
    var specs = new ArrayList<>(stored.keySet());
    ShardPlan.of(specs, 20).write(folder, (spec, sink) -> {
      var values = stored.get(specs.get(specs.indexOf(spec)));
      var bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(values);
      sink.write(bytes);
    });
    try (var graph = new Graph();
        var session = new Session(graph)) {
      var tf = Ops.create(graph);
      var variables = new Variables(graph, "");
      var zeros = Initializer.zeros();
      variables.add("embed_tokens/embeddings", Shape.of(rows, 2), zeros);
      variables.add("layers/0/mlp/up_proj/kernel", Shape.of(2, 3), zeros);
      variables.add("norm/gamma", Shape.of(2), zeros);
      Variables.initialize(tf, session, variables.all(), 0);
      CheckpointWeights.open(folder).load(tf, session, variables.all());
      return variables.all().stream()
          .map(weight -> Values.of(session, weight.value()))
          .toList();
    }
  }

  /** From several shards, under the names of a model with a head; maps are stored as [out, in]. */
  @Test
  void tensorsArriveAtTheirWeights() throws IOException {
    storeAll();
    store("lm_head.weight", new long[] {4, 2}, 9, 9, 9, 9, 9, 9, 9, 9);
    var loaded = load(4);
    assertThat(loaded.get(0)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(loaded.get(1)).containsExactly(1, 3, 5, 2, 4, 6);
    assertThat(loaded.get(2)).containsExactly(7, 8);
  }

  @Test
  void furtherEmbeddingsAreTheMeanOfTheStoredOnes() throws IOException {
    storeAll();
    assertThat(load(6).get(0)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 4, 5, 4, 5);
  }

  @Test
  void allThatDoesNotFitIsListed() {
    store("model.embed_tokens.weight", new long[] {4, 3}, new float[12]);
    store("model.norm.weight", new long[] {2}, 7, 8);
    store("model.layers.0.mlp.up_proj.bias", new long[] {3}, 1, 2, 3);
    assertThatThrownBy(() -> load(4))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(
            "tensor model.embed_tokens.weight is [4, 3], but config.json asks for [4, 2]")
        .hasMessageContaining("tensor layers.0.mlp.up_proj.weight [3, 2] is missing")
        .hasMessageContaining(
            "tensor layers.0.mlp.up_proj.bias [3] has no place in the model that config.json describes");
  }

  @Test
  void valuesThatAreNotFiniteAreRefusedByName() {
    storeAll();
    store("model.norm.weight", new long[] {2}, 7, 8);
    stored.put(
        new TensorSpec("model.norm.weight", DType.F32, new long[] {2}), new float[] {7, Float.NaN});
    assertThatThrownBy(() -> load(4))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("tensor model.norm.weight holds values that are not finite");
  }
}
