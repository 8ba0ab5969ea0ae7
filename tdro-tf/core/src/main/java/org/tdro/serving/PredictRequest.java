package org.tdro.serving;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A request for embeddings, of whatever protocol: {@link PredictBody} reads it from JSON, {@link TensorRows} from tensors.
 *
 * @param format of the request and of its answer
 * @param columns the rows of each input, by its name; the only one may be {@link #UNNAMED}
 */
record PredictRequest(String signature, Format format, Map<String, Column> columns) {
  static final String DEFAULT_SIGNATURE = "serving_default";

  /** The name of an only input whose name was left out. */
  static final String UNNAMED = "";

  enum Format {
    ROW("an instance must be an object {NAME: row}"),
    COLUMN("\"inputs\" must be an object {NAME: rows}"),
    TENSORS("each must be named");

    private final String names;

    Format(String names) {
      this.names = names;
    }
  }

  /** The rows of an input: lists of integers or strings, whatever the request has. */
  static final class Column {
    private final List<int[]> integers = new ArrayList<>();
    private final List<byte[]> strings = new ArrayList<>();

    void add(int[] row) {
      integers.add(row);
    }

    void add(byte[] string) {
      strings.add(string);
    }

    int size() {
      return integers.size() + strings.size();
    }
  }

  /**
   * Returns the batches that a signature takes.
   *
   * @param vocabulary number of token ids, where it is known
   * @throws ApiException 400 if inputs are missing or unknown, rows differ in length, an id is not the model's or the mask
   *     is not of 0 and 1
   */
  List<List<TokenRow>> batches(List<SignatureCall.Input> inputs, OptionalInt vocabulary) {
    requireKnown(inputs.stream()
        .flatMap(input -> Stream.of(input.idsName(), input.maskName()))
        .collect(Collectors.toSet()));
    return inputs.stream().map(input -> rows(input, vocabulary)).toList();
  }

  /**
   * Returns the rows that a signature takes which has strings as inputs.
   *
   * @param names of the inputs, in the order of the values of a row
   * @throws ApiException 400 if inputs are missing, unknown, not strings or of other numbers
   */
  List<StringRow> strings(List<String> names) {
    requireKnown(Set.copyOf(names));
    var values = names.stream().map(this::stringsOf).toList();
    int rows = values.get(0).size();
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i).size() != rows) {
        throw ApiException.badRequest("%s has %d rows, %s %d"
            .formatted(names.get(0), rows, names.get(i), values.get(i).size()));
      }
    }
    return IntStream.range(0, rows)
        .mapToObj(
            row -> new StringRow(values.stream().map(column -> column.get(row)).toList()))
        .toList();
  }

  private List<byte[]> stringsOf(String name) {
    var column = column(name);
    if (!column.integers.isEmpty()) {
      throw ApiException.badRequest(
          "%s takes strings, and the request has lists of integers".formatted(name));
    }
    return column.strings;
  }

  private List<int[]> integersOf(String name) {
    var column = column(name);
    if (!column.strings.isEmpty()) {
      throw ApiException.badRequest(
          "%s takes lists of integers, and the request has strings".formatted(name));
    }
    return column.integers;
  }

  /** Returns the rows of an input; the name of the only one may be left out. */
  private Column column(String name) {
    var rows = columns.getOrDefault(name, columns.get(UNNAMED));
    if (rows == null) {
      throw ApiException.badRequest("the request has no " + name);
    }
    if (rows.size() == 0) {
      throw ApiException.badRequest("the request has no rows of " + name);
    }
    return rows;
  }

  private void requireKnown(Set<String> inputs) {
    if (columns.containsKey(UNNAMED) && inputs.size() > 1) {
      throw ApiException.badRequest("the signature has several inputs: " + format.names);
    }
    var unknown = new HashSet<>(columns.keySet());
    unknown.removeAll(inputs);
    unknown.remove(UNNAMED);
    if (!unknown.isEmpty()) {
      throw unknownInput(unknown.iterator().next(), inputs);
    }
  }

  static ApiException unknownInput(String name, Set<String> inputs) {
    return ApiException.badRequest("the signature has no input %s; it has %s"
        .formatted(name, inputs.stream().sorted().toList()));
  }

  private List<TokenRow> rows(SignatureCall.Input input, OptionalInt vocabulary) {
    var ids = integersOf(input.idsName());
    var masks = integersOf(input.maskName());
    if (ids.size() != masks.size()) {
      throw ApiException.badRequest("%s has %d rows, %s %d"
          .formatted(input.idsName(), ids.size(), input.maskName(), masks.size()));
    }
    var rows = new ArrayList<TokenRow>(ids.size());
    for (int row = 0; row < ids.size(); row++) {
      checkLength(row, ids.get(row), ids.get(0).length, input.idsName());
      checkLength(row, masks.get(row), ids.get(0).length, input.maskName());
      check(row, ids.get(row), vocabulary.orElse(Integer.MAX_VALUE), "the model's ids are");
      check(row, masks.get(row), 2, "a mask has");
      rows.add(new TokenRow(ids.get(row), masks.get(row)));
    }
    return rows;
  }

  private static void checkLength(int row, int[] values, int expected, String name) {
    if (values.length != expected || expected == 0) {
      throw ApiException.badRequest(
          "row %d of %s has %d values, row 0 of the ids %d; all rows must have the same length, at least 1"
              .formatted(row, name, values.length, expected));
    }
  }

  private static void check(int row, int[] values, int limit, String what) {
    for (int value : values) {
      if (value < 0 || value >= limit) {
        throw ApiException.badRequest(
            "row %d has %d; %s 0 to %d".formatted(row, value, what, limit - 1));
      }
    }
  }
}
