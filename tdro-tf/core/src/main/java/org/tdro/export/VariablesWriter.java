package org.tdro.export;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tdro.retriever.EncoderModel;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.MergeV2Checkpoints;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/**
 * Writes the tensors of an exported checkpoint from the weights of a loaded model, in TensorFlow's native memory and some at
 * a time: beside the model it takes about what the tensors of one part take.
 */
final class VariablesWriter {
  /** Bytes of the trained weights that one part is made from. */
  private static final long PART_BYTES = 256L << 20;

  private final EncoderModel model;
  private final Path folder;

  /**
   * Creates a writer of one checkpoint.
   *
   * @param folder that gets the checkpoint; it must exist
   */
  VariablesWriter(EncoderModel model, Path folder) {
    this.model = model;
    this.folder = folder;
  }

  void write(List<ExportedVariable> tensors) {
    var parts = new ArrayList<String>();
    var part = new ArrayList<ExportedVariable>();
    long bytes = 0;
    for (var tensor : tensors) {
      long more = model.variables().byName().get(tensor.weight()).size() * Float.BYTES;
      if (bytes + more > PART_BYTES && !part.isEmpty()) {
        parts.add(save(part, parts.size()));
        part.clear();
        bytes = 0;
      }
      part.add(tensor);
      bytes += more;
    }
    parts.add(save(part, parts.size()));
    merge(parts);
  }

  private String save(List<ExportedVariable> tensors, int number) {
    var prefix = folder.resolve("part" + number).toAbsolutePath().toString();
    var tf = model.tf();
    var values = tensors.stream().map(tensor -> value(tf, tensor)).toArray(Output<?>[]::new);
    var save = tf.scope()
        .opBuilder("SaveV2", "SaveV2")
        .addInput(tf.constant(prefix).asOutput())
        .addInput(names(tf, tensors).asOutput())
        .addInput(whole(tf, tensors.size()).asOutput())
        .addInputList(values)
        .build();
    model.session().runner().addTarget(save).run().close();
    return prefix;
  }

  private Output<?> value(Ops tf, ExportedVariable tensor) {
    Operand<TFloat32> weight = model.variables().byName().get(tensor.weight()).read(tf);
    return tensor.value(tf, weight);
  }

  private void merge(List<String> parts) {
    var tf = model.tf();
    var merge = tf.train.mergeV2Checkpoints(
        tf.constant(StdArrays.ndCopyOf(parts.toArray(String[]::new))),
        tf.constant(folder.resolve("variables").toAbsolutePath().toString()),
        MergeV2Checkpoints.deleteOldDirs(false));
    model.session().runner().addTarget(merge).run().close();
  }

  static Operand<TString> names(Ops tf, List<ExportedVariable> tensors) {
    return tf.constant(
        StdArrays.ndCopyOf(tensors.stream().map(ExportedVariable::name).toArray(String[]::new)));
  }

  /** Returns empty slice specifications: whole tensors. */
  static Operand<TString> whole(Ops tf, int tensors) {
    return tf.fill(tf.constant(new int[] {tensors}), tf.constant(""));
  }
}
