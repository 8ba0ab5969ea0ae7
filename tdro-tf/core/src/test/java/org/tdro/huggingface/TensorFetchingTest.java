package org.tdro.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.huggingface.safetensors.TensorSpec;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

class TensorFetchingTest {
  /** More than a piece of a write. */
  private static final int LARGE = 300_000;

  private static List<CheckpointWriter.Written> tensors(Ops tf, DType type) {
    var tensors = new ArrayList<CheckpointWriter.Written>();
    for (int i = 0; i < 5; i++) {
      int size = i == 2 ? LARGE : 3 + i;
      var values = new float[size];
      for (int k = 0; k < size; k++) {
        values[k] = i + k / 3f;
      }
      tensors.add(new CheckpointWriter.Written(
          new TensorSpec("t" + i, type, new long[] {size}), tf.constant(values)));
    }
    return tensors;
  }

  /** Each in a run of its own, some together, all in one. */
  @ParameterizedTest
  @ValueSource(longs = {1, 40, 1L << 29})
  void everyValueComesOnceHoweverRunsAreCut(long bytesPerRun) throws IOException {
    try (var graph = new Graph();
        var session = new Session(graph)) {
      var tensors = tensors(Ops.create(graph), DType.F32);
      try (var fetching = new TensorFetching(session, tensors, bytesPerRun)) {
        for (int i = 0; i < tensors.size(); i++) {
          var written = written(fetching, tensors.get(i)).asFloatBuffer();
          assertThat(written.remaining()).isEqualTo((int) tensors.get(i).spec().elements());
          for (int k = 0; k < written.limit(); k++) {
            assertThat(written.get(k)).isEqualTo(i + k / 3f);
          }
        }
      }
    }
  }

  @Test
  void valuesAreRoundedToTheNearest() throws IOException {
    try (var graph = new Graph();
        var session = new Session(graph)) {
      var tensors = tensors(Ops.create(graph), DType.BF16);
      try (var fetching = new TensorFetching(session, tensors, 1L << 29)) {
        var written = written(fetching, tensors.get(0)).asShortBuffer();
        assertThat(written.remaining()).isEqualTo(3);
        assertThat(written.get(1)).isEqualTo((short) 0x3eab);
      }
    }
  }

  @Test
  void tensorsComeInTheirOrder() {
    try (var graph = new Graph();
        var session = new Session(graph)) {
      var tensors = tensors(Ops.create(graph), DType.F32);
      try (var fetching = new TensorFetching(session, tensors, 1)) {
        assertThatThrownBy(() -> written(fetching, tensors.get(1)))
            .hasMessageContaining("it is the turn of tensor 't0'");
      }
    }
  }

  private static ByteBuffer written(TensorFetching fetching, CheckpointWriter.Written tensor)
      throws IOException {
    var all = ByteBuffer.allocate((int) tensor.spec().bytes()).order(ByteOrder.LITTLE_ENDIAN);
    fetching.write(tensor.spec(), all::put);
    return all.flip();
  }
}
