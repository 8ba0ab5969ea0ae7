package org.tdro.export;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** The part of a graph that some operations need: inference without initial values and checkpoints. */
final class PrunedGraph {
  private PrunedGraph() {}

  /** Returns the named nodes and those that they depend on, in the order of the graph. */
  static List<NodeDef> of(GraphDef graph, Collection<String> wanted) {
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
  static String producer(String input) {
    int start = input.startsWith("^") ? 1 : 0;
    int colon = input.lastIndexOf(':');
    return input.substring(start, colon < 0 ? input.length() : colon);
  }
}
