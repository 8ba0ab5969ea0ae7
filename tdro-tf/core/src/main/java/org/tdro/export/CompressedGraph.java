package org.tdro.export;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;

/**
 * A graph of inference whose matrices are stored as a {@link Precision} says, and the tensors that its variables hold. It is
 * made by exchanging the nodes that read a matrix, so that no layer has to know of it.
 *
 * <p>A matrix is compressed if it only ever is the second factor of a product or a table that rows are gathered from.
 */
final class CompressedGraph {
  private static final String SCALE = "/scale";

  private final Precision precision;
  private final FunctionNames functions;
  private final Map<String, List<NodeDef>> consumers = new HashMap<>();
  /** The compressed matrix, by the node that reads it. */
  private final Map<String, NodeDef> compressed = new HashMap<>();

  private final List<NodeDef> nodes = new ArrayList<>();
  private final List<ExportedVariable> tensors = new ArrayList<>();

  /**
   * Compresses the part of a graph that some operations need.
   *
   * @param graph with weights of 32 bits in nodes {@code VarHandleOp}
   * @param wanted names of the operations
   */
  CompressedGraph(GraphDef graph, Collection<String> wanted, Precision precision) {
    functions = new FunctionNames(graph.getLibrary());
    var inference = pruned(graph, wanted).stream().map(functions::renamed).toList();
    this.precision = precision;
    for (var node : inference) {
      for (var input : node.getInputList()) {
        consumers.computeIfAbsent(producer(input), name -> new ArrayList<>()).add(node);
      }
    }
    inference.stream().filter(CompressedGraph::isVariable).forEach(this::store);
    inference.stream().filter(node -> !isVariable(node)).forEach(this::exchange);
  }

  /** Returns the wanted nodes and those that they depend on, in the order of the graph: inference without initial values and checkpoints. */
  private static List<NodeDef> pruned(GraphDef graph, Collection<String> wanted) {
    var byName = new LinkedHashMap<String, NodeDef>();
    graph.getNodeList().forEach(node -> byName.put(node.getName(), node));
    var needed = new HashSet<>(wanted);
    var open = new ArrayDeque<>(needed);
    while (!open.isEmpty()) {
      for (var input : byName.get(open.pop()).getInputList()) {
        if (needed.add(producer(input))) {
          open.push(producer(input));
        }
      }
    }
    return byName.entrySet().stream()
        .filter(entry -> needed.contains(entry.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }

  /** Returns the operation of an input {@code name}, {@code name:output} or {@code ^name}. */
  private static String producer(String input) {
    int start = input.startsWith("^") ? 1 : 0;
    int colon = input.lastIndexOf(':');
    return input.substring(start, colon < 0 ? input.length() : colon);
  }

  /** Returns the nodes; each variable is replaced by the reading of its resource. */
  List<NodeDef> nodes() {
    return nodes;
  }

  /** Returns the functions that the nodes call. */
  FunctionDefLibrary functions() {
    return functions.library();
  }

  /** Returns the tensors that the variables hold. */
  List<ExportedVariable> tensors() {
    return tensors;
  }

  private static boolean isVariable(NodeDef node) {
    return node.getOp().equals("VarHandleOp");
  }

  private static boolean isReading(NodeDef node) {
    return node.getOp().equals("ReadVariableOp");
  }

  private static boolean isProduct(NodeDef node) {
    return node.getOp().equals("MatMul");
  }

  private void store(NodeDef variable) {
    var name = variable.getName();
    var shape = shape(variable);
    var readers = consumers.getOrDefault(name, List.of());
    var uses = readers.stream()
        .flatMap(reader -> consumers.getOrDefault(reader.getName(), List.of()).stream())
        .toList();
    boolean isKernel = uses.stream()
        .allMatch(use -> isProduct(use)
            && !use.getAttrOrThrow("transpose_b").getB()
            && readers.stream().anyMatch(reader -> reader.getName().equals(use.getInput(1))));
    boolean isTable = uses.stream()
        .allMatch(use -> use.getOp().equals("GatherV2")
            && readers.stream().anyMatch(reader -> reader.getName().equals(use.getInput(0))));
    boolean isMatrix = shape.numDimensions() == 2
        && (isKernel || isTable)
        && readers.stream().allMatch(reader -> isReading(reader));
    if (precision == Precision.FP32 || !isMatrix) {
      add(ExportedVariable.whole(name, shape));
      return;
    }
    readers.forEach(reader -> compressed.put(reader.getName(), variable));
    if (precision == Precision.BF16) {
      add(new ExportedVariable(name, name, ExportedVariable.Form.BF16, 0, shape));
      return;
    }
    int axis = isKernel ? 0 : 1;
    var scales = isKernel ? Shape.of(1, shape.get(1)) : Shape.of(shape.get(0), 1);
    add(new ExportedVariable(name, name, ExportedVariable.Form.INT8, axis, shape));
    add(new ExportedVariable(name + SCALE, name, ExportedVariable.Form.SCALE, axis, scales));
  }

  /** Adds a variable and, under its name, its value. */
  private void add(ExportedVariable tensor) {
    tensors.add(tensor);
    var handle = tensor.name() + "/handle";
    nodes.add(NodeDef.newBuilder()
        .setOp("VarHandleOp")
        .setName(handle)
        .putAttr(
            "shared_name", AttrValue.newBuilder().setS(bytes(tensor.name())).build())
        .putAttr("dtype", type(tensor.type()))
        .putAttr("shape", AttrValue.newBuilder().setShape(proto(tensor.shape())).build())
        .build());
    nodes.add(NodeDef.newBuilder()
        .setOp("ReadVariableOp")
        .setName(tensor.name())
        .addInput(handle)
        .putAttr("dtype", type(tensor.type()))
        .build());
  }

  private void exchange(NodeDef node) {
    var form = precision == Precision.BF16 ? DataType.DT_BFLOAT16 : DataType.DT_INT8;
    if (isReading(node)) {
      // The name of the variable is that of one reading of its value, see add.
      boolean whole = !compressed.containsKey(node.getName());
      nodes.add(NodeDef.newBuilder()
          .setOp("Identity")
          .setName(node.getName())
          .addInput(node.getInput(0))
          .putAttr("T", type(whole ? DataType.DT_FLOAT : form))
          .build());
    } else if (isProduct(node) && compressed.containsKey(node.getInput(1))) {
      product(node, compressed.get(node.getInput(1)).getName());
    } else if (node.getOp().equals("GatherV2") && compressed.containsKey(node.getInput(0))) {
      gather(node, compressed.get(node.getInput(0)).getName(), form);
    } else {
      nodes.add(node);
    }
  }

  private void product(NodeDef node, String kernel) {
    var name = node.getName();
    var product = node.toBuilder().setName(name + "/product");
    if (precision == Precision.BF16) {
      cast(name + "/rounded", node.getInput(0), DataType.DT_FLOAT, DataType.DT_BFLOAT16);
      product.setInput(0, name + "/rounded").putAttr("T", type(DataType.DT_BFLOAT16));
      cast(name, product.getName(), DataType.DT_BFLOAT16, DataType.DT_FLOAT);
    } else {
      cast(name + "/kernel", node.getInput(1), DataType.DT_INT8, DataType.DT_FLOAT);
      product.setInput(1, name + "/kernel");
      // A scale belongs to a column of the kernel and so to one of the product, which is smaller.
      multiply(name, product.getName(), kernel + SCALE);
    }
    nodes.add(product.build());
  }

  private void gather(NodeDef node, String table, DataType form) {
    var name = node.getName();
    var stored = node.toBuilder().setName(name + "/stored").putAttr("Tparams", type(form));
    nodes.add(stored.build());
    if (precision == Precision.BF16) {
      cast(name, stored.getName(), form, DataType.DT_FLOAT);
    } else {
      nodes.add(
          node.toBuilder().setName(name + SCALE).setInput(0, table + SCALE).build());
      cast(name + "/rows", stored.getName(), form, DataType.DT_FLOAT);
      multiply(name, name + "/rows", name + SCALE);
    }
  }

  private void cast(String name, String input, DataType from, DataType to) {
    nodes.add(NodeDef.newBuilder()
        .setOp("Cast")
        .setName(name)
        .addInput(input)
        .putAttr("SrcT", type(from))
        .putAttr("DstT", type(to))
        .build());
  }

  private void multiply(String name, String a, String b) {
    nodes.add(NodeDef.newBuilder()
        .setOp("Mul")
        .setName(name)
        .addInput(a)
        .addInput(b)
        .putAttr("T", type(DataType.DT_FLOAT))
        .build());
  }

  private static AttrValue type(DataType type) {
    return AttrValue.newBuilder().setType(type).build();
  }

  private static com.google.protobuf.ByteString bytes(String text) {
    return com.google.protobuf.ByteString.copyFromUtf8(text);
  }

  private static Shape shape(NodeDef variable) {
    return Shape.of(variable.getAttrOrThrow("shape").getShape().getDimList().stream()
        .mapToLong(TensorShapeProto.Dim::getSize)
        .toArray());
  }

  private static TensorShapeProto proto(Shape shape) {
    var proto = TensorShapeProto.newBuilder();
    for (long size : shape.asArray()) {
      proto.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    return proto.build();
  }
}
