package org.tdro.rows.records;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.stream.IntStream;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.Type;

/** Rows of Parquet as trees. Lists are read in the forms of all writers, of three levels, of two, and without a type. */
final class GroupTrees {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private GroupTrees() {}

  /** Returns the tree of a row. */
  static ObjectNode of(Group row) {
    var tree = NODES.objectNode();
    for (int field = 0; field < row.getType().getFieldCount(); field++) {
      tree.set(row.getType().getFieldName(field), field(row, field));
    }
    return tree;
  }

  private static JsonNode field(Group of, int field) {
    if (of.getType().getType(field).isRepetition(Type.Repetition.REPEATED)) {
      return items(of, field);
    }
    return of.getFieldRepetitionCount(field) == 0 ? NODES.nullNode() : value(of, field, 0);
  }

  private static ArrayNode items(Group of, int field) {
    var items = NODES.arrayNode();
    IntStream.range(0, of.getFieldRepetitionCount(field))
        .forEach(index -> items.add(value(of, field, index)));
    return items;
  }

  private static JsonNode value(Group of, int field, int index) {
    var type = of.getType().getType(field);
    if (type.isPrimitive()) {
      return primitive(of, field, index);
    }
    var group = of.getGroup(field, index);
    var logical = type.getLogicalTypeAnnotation();
    if (logical instanceof LogicalTypeAnnotation.ListLogicalTypeAnnotation) {
      return list(group);
    }
    if (logical instanceof LogicalTypeAnnotation.MapLogicalTypeAnnotation
        || logical instanceof LogicalTypeAnnotation.MapKeyValueTypeAnnotation) {
      return map(group);
    }
    return of(group);
  }

  /** A list holds a repeated group of one field, its item; in old files, the repeated field itself is the item. */
  private static JsonNode list(Group list) {
    if (isItem(list.getType())) {
      return items(list, 0);
    }
    var items = NODES.arrayNode();
    IntStream.range(0, list.getFieldRepetitionCount(0))
        .forEach(index -> items.add(field(list.getGroup(0, index), 0)));
    return items;
  }

  private static boolean isItem(GroupType list) {
    var repeated = list.getType(0);
    return repeated.isPrimitive()
        || repeated.asGroupType().getFieldCount() > 1
        || repeated.getName().equals("array")
        || repeated.getName().equals(list.getName() + "_tuple");
  }

  private static JsonNode map(Group map) {
    var tree = NODES.objectNode();
    for (int i = 0; i < map.getFieldRepetitionCount(0); i++) {
      var entry = map.getGroup(0, i);
      tree.set(entry.getValueToString(0, 0), field(entry, 1));
    }
    return tree;
  }

  private static JsonNode primitive(Group of, int field, int index) {
    var type = of.getType().getType(field).asPrimitiveType();
    return switch (type.getPrimitiveTypeName()) {
      case BOOLEAN -> NODES.booleanNode(of.getBoolean(field, index));
      case INT32 -> NODES.numberNode(of.getInteger(field, index));
      case INT64 -> NODES.numberNode(of.getLong(field, index));
      case FLOAT -> NODES.numberNode(of.getFloat(field, index));
      case DOUBLE -> NODES.numberNode(of.getDouble(field, index));
      // Old files do not say that bytes are a text.
      case BINARY -> NODES.textNode(of.getString(field, index));
      case INT96, FIXED_LEN_BYTE_ARRAY -> NODES.textNode(of.getValueToString(field, index));
    };
  }
}
