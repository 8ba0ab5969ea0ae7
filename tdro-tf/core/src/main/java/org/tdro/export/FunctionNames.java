package org.tdro.export;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.NodeDef;

/**
 * The functions that nodes call, such as the bodies of loops, with names and an order of operations that the same graph always gives
 * them. TensorFlow Java draws random ones, but an export of the same model has the same bytes.
 */
final class FunctionNames {
  private final Map<String, FunctionDef> present = new HashMap<>();
  private final Map<String, String> names = new HashMap<>();
  private final Map<String, FunctionDef> named = new LinkedHashMap<>();

  /**
   * Creates names of functions.
   *
   * @param library with all functions that nodes may call
   */
  FunctionNames(FunctionDefLibrary library) {
    library
        .getFunctionList()
        .forEach(function -> present.put(function.getSignature().getName(), function));
  }

  /** Returns a node that calls the functions by their new names, which come from its own. */
  NodeDef renamed(NodeDef node) {
    var renamed = node.toBuilder();
    node.getAttrMap().forEach((key, value) -> {
      if (value.hasFunc()) {
        var func = value.getFunc();
        var name = nameOf(func.getName(), node.getName() + "/" + key);
        renamed.putAttr(
            key, AttrValue.newBuilder().setFunc(func.toBuilder().setName(name)).build());
      } else if (value.getList().getFuncCount() > 0) {
        var list = value.getList().toBuilder();
        for (int i = 0; i < list.getFuncCount(); i++) {
          var func = list.getFunc(i);
          var name = nameOf(func.getName(), node.getName() + "/" + key + "/" + i);
          list.setFunc(i, func.toBuilder().setName(name));
        }
        renamed.putAttr(key, AttrValue.newBuilder().setList(list).build());
      }
    });
    return renamed.build();
  }

  private String nameOf(String present, String place) {
    var known = names.get(present);
    if (known != null) {
      return known;
    }
    var name = place.replace('/', '_');
    names.put(present, name);
    var function = this.present.get(present);
    var renamed = function.toBuilder()
        .setSignature(function.getSignature().toBuilder().setName(name))
        .clearNodeDef();
    var nodes = new ArrayList<NodeDef>();
    for (var node : function.getNodeDefList()) {
      nodes.add(renamed(node.toBuilder().setName(name + "/" + node.getName()).build()).toBuilder()
          .setName(node.getName())
          .build());
    }
    nodes.sort(Comparator.comparing(NodeDef::getName));
    named.put(name, renamed.addAllNodeDef(nodes).build());
    return name;
  }

  /** Returns the functions that renamed nodes call. */
  FunctionDefLibrary library() {
    return FunctionDefLibrary.newBuilder().addAllFunction(named.values()).build();
  }
}
