package org.tdro.export;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tdro.export.tokenizer.GraphTokenizer;
import org.tdro.retriever.EncoderModel;
import org.tdro.serving.client.RetrieverAssets;
import org.tensorflow.Graph;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.TensorFlow;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.PlaceholderWithDefault;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.types.TString;

/**
 * Writes {@code saved_model.pb} and {@code variables/}: a graph of inference alone, without anything of training, and the
 * weights as a {@link Precision} stores them.
 */
final class SavedModelWriter {
  private static final String TAG = "serve";
  private static final int SCHEMA = 1;

  private SavedModelWriter() {}

  /**
   * Writes a loaded model, to whose graph the signatures of its assets are added, into a folder that exists.
   *
   * @param tokenizer of the signatures that take strings; without one there are none
   * @param options with the precision and the default signature
   */
  static void write(
      EncoderModel model,
      RetrieverAssets assets,
      Optional<GraphTokenizer> tokenizer,
      ExportOptions options,
      Path folder)
      throws IOException {
    var signatures = RetrieverSignatures.add(model, assets, tokenizer, options.defaultSignature());
    var definition = model.graph().toGraphDef();
    var wanted =
        signatures.stream().flatMap(RetrieverSignatures.Definition::operations).toList();
    var compressed = new CompressedGraph(definition, wanted, options.precision());
    var meta = MetaGraphDef.newBuilder()
        .setMetaInfoDef(MetaGraphDef.MetaInfoDef.newBuilder()
            .addTags(TAG)
            .setTensorflowVersion(TensorFlow.version()));
    signatures.forEach(signature -> meta.putSignatureDef(signature.key(), signature.definition()));
    var inference = GraphDef.newBuilder()
        .setVersions(definition.getVersions())
        .addAllNode(compressed.nodes())
        .setLibrary(compressed.functions())
        .build();
    addSaver(meta, inference, compressed.tensors());
    var saved = SavedModel.newBuilder().setSavedModelSchemaVersion(SCHEMA).addMetaGraphs(meta);
    write(saved.build(), folder.resolve("saved_model.pb"));
    new VariablesWriter(model, Files.createDirectories(folder.resolve("variables")))
        .write(compressed.tensors());
  }

  /** Writes maps in the order of their keys, so that the same model gives the same bytes. */
  private static void write(SavedModel saved, Path file) throws IOException {
    try (var stream = Files.newOutputStream(file)) {
      var out = CodedOutputStream.newInstance(stream);
      out.useDeterministicSerialization();
      saved.writeTo(out);
      out.flush();
    }
  }

  /** Adds the graph with the operations by which loaders restore the variables. */
  private static void addSaver(
      MetaGraphDef.Builder meta, GraphDef inference, List<ExportedVariable> tensors) {
    try (var graph = new Graph()) {
      graph.importGraphDef(inference);
      var tf = Ops.create(graph).withSubScope("save");
      var file =
          tf.withName("filename").placeholderWithDefault(tf.constant("variables"), Shape.scalar());
      var save = save(tf, file, graph, tensors);
      var saved =
          tf.withControlDependencyOps(save).withName("control_dependency").identity(file);
      var restore = restore(tf, file, graph, tensors);
      meta.setGraphDef(graph.toGraphDef())
          .setSaverDef(SaverDef.newBuilder()
              .setFilenameTensorName(file.op().name() + ":0")
              .setSaveTensorName(saved.op().name() + ":0")
              .setRestoreOpName(restore.op().name())
              .setVersion(SaverDef.CheckpointFormatVersion.V2));
    }
  }

  private static Operation save(
      Ops tf, PlaceholderWithDefault<TString> file, Graph graph, List<ExportedVariable> tensors) {
    var values = tensors.stream()
        .map(tensor -> graph.outputOrThrow(tensor.name()))
        .toArray(Output<?>[]::new);
    return tf.scope()
        .opBuilder("SaveV2", "SaveV2")
        .addInput(file.asOutput())
        .addInput(VariablesWriter.names(tf, tensors).asOutput())
        .addInput(VariablesWriter.whole(tf, tensors.size()).asOutput())
        .addInputList(values)
        .build();
  }

  private static Op restore(
      Ops tf, PlaceholderWithDefault<TString> file, Graph graph, List<ExportedVariable> tensors) {
    var restored = tf.scope()
        .opBuilder("RestoreV2", "RestoreV2")
        .addInput(file.asOutput())
        .addInput(VariablesWriter.names(tf, tensors).asOutput())
        .addInput(VariablesWriter.whole(tf, tensors.size()).asOutput())
        .setAttr("dtypes", tensors.stream().map(ExportedVariable::type).toArray(DataType[]::new))
        .build();
    var assignments = new ArrayList<Operation>();
    for (int i = 0; i < tensors.size(); i++) {
      assignments.add(tf.scope()
          .opBuilder("AssignVariableOp", "AssignVariableOp")
          .addInput(graph.outputOrThrow(tensors.get(i).name() + "/handle"))
          .addInput(restored.output(i))
          .build());
    }
    return tf.withControlDependencyOps(assignments).withName("restore_all").noOp();
  }
}
