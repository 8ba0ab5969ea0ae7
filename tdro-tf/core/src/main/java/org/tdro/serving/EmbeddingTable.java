package org.tdro.serving;

import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * Finds in a graph how many token ids it has embeddings for: the rows of the variable from which the ids gather. Checked
 * before a batch is run, because one wrong id fails a whole batch on the CPU and is read as zeros on a GPU.
 */
final class EmbeddingTable {
  private static final Set<String> GATHERS = Set.of("Gather", "GatherV2", "ResourceGather");
  private static final Set<String> VARIABLES = Set.of("VariableV2", "Variable", "VarHandleOp");
  private static final Set<String> PASSING = Set.of("Cast", "Identity", "ReadVariableOp");
  private static final int MOST_STEPS = 16;

  private final Map<String, NodeDef> nodes;

  private EmbeddingTable(GraphDef graph) {
    nodes = graph.getNodeList().stream()
        .collect(Collectors.toMap(NodeDef::getName, Function.identity()));
  }

  /**
   * Returns the number of rows; empty if the graph is built otherwise.
   *
   * @param idsTensor the tensor of token ids, as {@code name:index}
   */
  static OptionalInt rows(GraphDef graph, String idsTensor) {
    var table = new EmbeddingTable(graph);
    var ids = node(idsTensor);
    return graph.getNodeList().stream()
        .filter(gather -> GATHERS.contains(gather.getOp()) && gather.getInputCount() >= 2)
        .filter(gather -> table.source(gather.getInput(1)).getName().equals(ids))
        .map(gather -> table.source(gather.getInput(0)))
        .filter(variable -> VARIABLES.contains(variable.getOp()))
        .mapToInt(variable ->
            (int) variable.getAttrOrThrow("shape").getShape().getDim(0).getSize())
        .filter(rows -> rows > 0)
        .min();
  }

  /** Returns the node that a value comes from, past operations that leave it unchanged. */
  private NodeDef source(String input) {
    var node = nodes.get(node(input));
    for (int step = 0; step < MOST_STEPS && PASSING.contains(node.getOp()); step++) {
      node = nodes.get(node(node.getInput(0)));
    }
    return node;
  }

  private static String node(String input) {
    var name = input.startsWith("^") ? input.substring(1) : input;
    int colon = name.indexOf(':');
    return colon < 0 ? name : name.substring(0, colon);
  }
}
