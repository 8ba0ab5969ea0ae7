package org.tdro.data.shards;

import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The columns of an Arrow file of training rows: {@code query_id: utf8}, {@code query: list<int32>},
 * {@code positives: list<list<int32>>}, {@code negatives: list<list<int32>>}, {@code positive_scores: list<float32>},
 * {@code negative_scores: list<float32>}. Nothing is null; rows without scores have empty lists of them.
 */
public final class ArrowColumns {
  static final String QUERY_ID = "query_id";
  static final String QUERY = "query";
  static final String POSITIVES = "positives";
  static final String NEGATIVES = "negatives";

  static final String POSITIVE_SCORES = "positive_scores";
  static final String NEGATIVE_SCORES = "negative_scores";

  public static final List<Field> FIELDS = List.of(
      new Field(QUERY_ID, FieldType.notNullable(ArrowType.Utf8.INSTANCE), null),
      list(QUERY, ids()),
      list(POSITIVES, list("item", ids())),
      list(NEGATIVES, list("item", ids())),
      list(POSITIVE_SCORES, scores()),
      list(NEGATIVE_SCORES, scores()));

  private ArrowColumns() {}

  static Schema schema(Map<String, String> metadata) {
    return new Schema(FIELDS, metadata);
  }

  private static Field list(String name, Field item) {
    return new Field(name, FieldType.notNullable(ArrowType.List.INSTANCE), List.of(item));
  }

  private static Field ids() {
    return new Field("item", FieldType.notNullable(new ArrowType.Int(32, true)), null);
  }

  private static Field scores() {
    var number = new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
    return new Field("item", FieldType.notNullable(number), null);
  }
}
