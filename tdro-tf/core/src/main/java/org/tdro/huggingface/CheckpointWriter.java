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
import org.tdro.keras.Weight;
import org.tdro.models.Architecture;
import org.tdro.models.BertArchitecture;
import org.tdro.models.lora.LoraKernel;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/** Writes weights as they are published: the inverse of {@link CheckpointWeights}. */
public final class CheckpointWriter {
  private final Ops tf;
  private final Session session;
  private final DType type;

  /**
   * A writer of the weights in a session.
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
      List<LoraKernel> adapted,
      long maxShardBytes)
      throws IOException {
    Map<String, LoraKernel> maps =
        adapted.stream().collect(Collectors.toMap(map -> map.kernel().name(), Function.identity()));
    var tensors = new ArrayList<WrittenTensor>();
    for (var weight : weights) {
      var map = maps.get(weight.name());
      tensors.add(
          map == null ? WrittenTensor.of(tf, weight, type) : WrittenTensor.merged(tf, map, type));
    }
    if (shape instanceof BertArchitecture bert && bert.typeVocabulary() == 0) {
      tensors.add(WrittenTensor.zeros(
          tf, "embeddings.token_type_embeddings.weight", 1, bert.hidden(), type));
    }
    var plan = ShardPlan.of(tensors.stream().map(WrittenTensor::spec).toList(), maxShardBytes);
    try (var values = new TensorFetching(session, tensors, TensorFetching.BYTES_PER_RUN)) {
      plan.write(folder, values);
    }
  }

  /** Writes the matrices of adapters, as PEFT names them. */
  void adapters(Path file, List<LoraKernel> maps) throws IOException {
    var tensors = new ArrayList<WrittenTensor>();
    for (var map : maps) {
      for (var weight : List.of(map.a(), map.b())) {
        tensors.add(
            WrittenTensor.named(tf, AdapterFolder.PREFIX + TensorNames.of(weight), weight, type));
      }
    }
    write(file, tensors);
  }

  /** Writes one weight under a name of its own. */
  void single(Path file, String name, Weight weight) throws IOException {
    write(file, List.of(WrittenTensor.named(tf, name, weight, type)));
  }

  private void write(Path file, List<WrittenTensor> tensors) throws IOException {
    var specs = tensors.stream().map(WrittenTensor::spec).toList();
    try (var values = new TensorFetching(session, tensors, TensorFetching.BYTES_PER_RUN);
        var writer = SafetensorsWriter.create(file, specs, SafetensorsWriter.PYTORCH)) {
      for (var spec : specs) {
        values.write(spec, bytes -> writer.write(spec.name(), bytes));
      }
    }
  }
}
