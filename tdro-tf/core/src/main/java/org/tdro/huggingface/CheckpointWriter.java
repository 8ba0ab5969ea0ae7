package org.tdro.huggingface;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.huggingface.safetensors.SafetensorsWriter;
import org.tdro.huggingface.safetensors.ShardPlan;
import org.tdro.huggingface.safetensors.TensorSpec;
import org.tdro.keras.Weight;
import org.tdro.models.Architecture;
import org.tdro.models.BertArchitecture;
import org.tdro.models.lora.LoraAdapters;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Writes weights as they are published: the inverse of {@link CheckpointWeights}. */
public final class CheckpointWriter {
  private final Ops tf;
  private final Session session;
  private final DType type;

  /**
   * Creates a writer of the weights in a session.
   *
   * @param type F32 or BF16; values are rounded to the nearest
   */
  public CheckpointWriter(Ops tf, Session session, DType type) {
    if (type != DType.F32 && type != DType.BF16) {
      throw new IllegalArgumentException("weights are written as F32 or BF16, not as " + type);
    }
    this.tf = tf.withSubScope("store");
    this.session = session;
    this.type = type;
  }

  /**
   * Writes a model's weights into {@code model.safetensors} or, above {@code maxShardBytes}, into several files and an index.
   *
   * @param weights all of the backbone's
   * @param adapted the maps among them that go into the file with their adapters
   */
  public void model(
      Path folder,
      Architecture shape,
      List<Weight> weights,
      List<LoraAdapters.Kernel> adapted,
      long maxShardBytes)
      throws IOException {
    Map<String, LoraAdapters.Kernel> maps =
        adapted.stream().collect(Collectors.toMap(map -> map.kernel().name(), Function.identity()));
    var tensors = new ArrayList<Written>();
    for (var weight : weights) {
      var map = maps.get(weight.name());
      tensors.add(map == null ? Written.of(tf, weight, type) : Written.merged(tf, map, type));
    }
    if (shape instanceof BertArchitecture bert && bert.lacksTypes()) {
      tensors.add(
          Written.zeros(tf, "embeddings.token_type_embeddings.weight", 1, bert.hidden(), type));
    }
    var plan = ShardPlan.of(tensors.stream().map(Written::spec).toList(), maxShardBytes);
    try (var values = new TensorFetching(session, tensors, TensorFetching.BYTES_PER_RUN)) {
      plan.write(folder, values);
    }
  }

  /** Writes a table of token vectors, as sentence-transformers' StaticEmbedding keeps it. */
  public void table(Path folder, Weight weight) throws IOException {
    new StaticModule(folder).write(this, weight);
  }

  /** Writes the matrices of adapters, as PEFT names them. */
  void adapters(Path file, List<LoraAdapters.Kernel> maps) throws IOException {
    var tensors = new ArrayList<Written>();
    for (var map : maps) {
      for (var weight : List.of(map.a(), map.b())) {
        tensors.add(Written.named(tf, AdapterFolder.PREFIX + TensorNames.of(weight), weight, type));
      }
    }
    write(file, tensors);
  }

  /** Writes weights under names of their own. */
  void named(Path file, List<Weight> weights, Function<Weight, String> names) throws IOException {
    write(
        file,
        weights.stream()
            .map(weight -> Written.named(tf, names.apply(weight), weight, type))
            .toList());
  }

  private void write(Path file, List<Written> tensors) throws IOException {
    var specs = tensors.stream().map(Written::spec).toList();
    try (var values = new TensorFetching(session, tensors, TensorFetching.BYTES_PER_RUN);
        var writer = SafetensorsWriter.create(file, specs, SafetensorsWriter.PYTORCH)) {
      for (var spec : specs) {
        values.write(spec, bytes -> writer.write(spec.name(), bytes));
      }
    }
  }

  /**
   * A tensor that is written, and the operand with its values.
   *
   * @param value in the shape of {@code spec}
   */
  record Written(TensorSpec spec, Operand<TFloat32> value) {

    /** Returns a weight under its published name, a kernel turned to {@code [out, in]}. */
    static Written of(Ops tf, Weight weight, DType type) {
      return of(tf, TensorNames.of(weight), weight, weight.read(tf), type);
    }

    /** Returns a weight under another name. */
    static Written named(Ops tf, String name, Weight weight, DType type) {
      return of(tf, name, weight, weight.read(tf), type);
    }

    /** Returns the kernel of a map with its adapter merged into it. */
    static Written merged(Ops tf, LoraAdapters.Kernel map, DType type) {
      var kernel = map.kernel();
      return of(tf, TensorNames.of(kernel), kernel, map.merged(tf), type);
    }

    /** Returns a table of zeros, {@code [rows, columns]}. */
    static Written zeros(Ops tf, String name, int rows, int columns, DType type) {
      var spec = new TensorSpec(name, type, new long[] {rows, columns});
      return new Written(spec, tf.zeros(tf.constant(new int[] {rows, columns}), TFloat32.class));
    }

    private static Written of(
        Ops tf, String name, Weight weight, Operand<TFloat32> value, DType type) {
      var shape = TensorNames.stored(weight);
      return TensorNames.isTransposed(weight)
          ? new Written(
              new TensorSpec(name, type, shape),
              tf.linalg.transpose(value, tf.constant(new int[] {1, 0})))
          : new Written(new TensorSpec(name, type, shape), value);
    }
  }
}
