package org.tdro.huggingface.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardPlanTest {
  @TempDir
  Path folder;

  /** Tensors a, b, c, … of so many bytes. */
  private static List<TensorSpec> tensors(long... sizes) {
    return IntStream.range(0, sizes.length)
        .mapToObj(i -> new TensorSpec(Character.toString('a' + i), DType.U8, new long[] {sizes[i]}))
        .toList();
  }

  /** The names of each shard, such as {@code [ab, c]}. */
  private static List<String> names(ShardPlan plan) {
    return plan.shards().stream()
        .map(shard ->
            String.join("", shard.tensors().stream().map(TensorSpec::name).toList()))
        .toList();
  }

  /** Bytes that are the first letter of the name, in pieces of two. */
  private static void letters(TensorSpec tensor, ShardPlan.Source.Sink sink) throws IOException {
    var piece = new byte[] {(byte) tensor.name().charAt(0), (byte) tensor.name().charAt(0)};
    for (var left = tensor.bytes(); left > 0; left -= 2) {
      sink.write(ByteBuffer.wrap(piece, 0, (int) Math.min(2, left)));
    }
  }

  @Test
  void whatFitsIsOneFile() throws IOException {
    var plan = ShardPlan.of(tensors(3, 4), 7);
    plan.write(folder, ShardPlanTest::letters);
    assertThat(folder.toFile().list()).containsExactly("model.safetensors");
    assertThat(SafetensorsFolder.open(folder).tensors()).containsOnlyKeys("a", "b");
  }

  @Test
  void shardsAreFilledInOrder() {
    assertThat(names(ShardPlan.of(tensors(3, 4, 1, 6, 0), 7))).containsExactly("ab", "cde");
    assertThat(names(ShardPlan.of(tensors(3, 5, 1), 7))).containsExactly("a", "bc");
  }

  @Test
  void aTensorLargerThanAShardStandsAlone() {
    assertThat(names(ShardPlan.of(tensors(1, 9, 1), 7))).containsExactly("a", "b", "c");
    assertThat(names(ShardPlan.of(tensors(9, 1), 7))).containsExactly("a", "b");
  }

  @Test
  void noTensorsAreAFileToo() throws IOException {
    ShardPlan.of(List.of(), 7).write(folder, ShardPlanTest::letters);
    assertThat(SafetensorsFolder.open(folder).tensors()).isEmpty();
  }

  @Test
  void shardsAreReadAsAFolder() throws IOException {
    ShardPlan.of(tensors(3, 5, 1, 9), 7).write(folder, ShardPlanTest::letters);
    assertThat(folder.toFile().list())
        .containsExactlyInAnyOrder(
            "model-00001-of-00003.safetensors",
            "model-00002-of-00003.safetensors",
            "model-00003-of-00003.safetensors",
            "model.safetensors.index.json");
    var read = SafetensorsFolder.open(folder).tensors();
    assertThat(read).containsOnlyKeys("a", "b", "c", "d");
    assertThat(read.get("b").buffer())
        .isEqualTo(ByteBuffer.wrap("bbbbb".getBytes(StandardCharsets.US_ASCII)));
    assertThat(read.get("d").file()).hasFileName("model-00003-of-00003.safetensors");
  }

  @Test
  void theIndexTellsTheBytesOfAllTensors() throws IOException {
    ShardPlan.of(tensors(3, 5), 7).write(folder, ShardPlanTest::letters);
    var index =
        new JsonMapper().readTree(folder.resolve("model.safetensors.index.json").toFile());
    assertThat(index.at("/metadata/total_size").longValue()).isEqualTo(8);
    assertThat(index.at("/weight_map/b").textValue()).isEqualTo("model-00002-of-00002.safetensors");
  }

  @Test
  void tensorsAreAskedForOnceAndInOrder() throws IOException {
    var asked = new ArrayList<String>();
    ShardPlan.of(tensors(3, 5, 0, 1), 7).write(folder, (tensor, sink) -> {
      asked.add(tensor.name());
      letters(tensor, sink);
    });
    assertThat(asked).containsExactly("a", "b", "c", "d");
  }

  @Test
  void aSourceThatGivesTooLittleIsFound() {
    var plan = ShardPlan.of(tensors(3, 5), 8);
    assertThatThrownBy(() -> plan.write(folder, (tensor, sink) -> {
          if (tensor.name().equals("b")) {
            letters(tensor, sink);
          }
        }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("for tensor 'b', but it is the turn of tensor 'a'");
    assertThatThrownBy(() -> plan.write(folder, (tensor, sink) -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("tensor 'a' U8 [3] lacks 3 of 3 bytes");
  }

  @Test
  void namesStandOnceInAllShards() {
    var twice = new ArrayList<>(tensors(4, 4));
    twice.addAll(tensors(4));
    assertThatThrownBy(() -> ShardPlan.of(twice, 4).write(folder, ShardPlanTest::letters))
        .hasMessage("tensor 'a' is named twice");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aShardHoldsSomething() {
    assertThatThrownBy(() -> ShardPlan.of(tensors(1), 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
