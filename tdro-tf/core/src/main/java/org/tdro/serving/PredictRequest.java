package org.tdro.serving;

import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The body of TensorFlow Serving's predict call: {@code {"signature_name": …, "instances": [{NAME: VALUE}, …]}} (a row for each
 * text) or {@code {"signature_name": …, "inputs": {NAME: [VALUE, …]}}} (a column for each input). A value is a list of integers, a
 * string or {@code {"b64": BASE64}}. Where a signature has one input, its name may be left out.
 *
 * @param format of the request and of its answer
 * @param columns the rows of each input, by its name; the only one may be {@link #UNNAMED}
 */
record PredictRequest(String signature, Format format, Map<String, Column> columns) {
  private static final String DEFAULT_SIGNATURE = "serving_default";
  private static final String UNNAMED = "";
  private static final String BASE64 = "b64";

  enum Format {
    ROW("an instance must be an object {NAME: row}"),
    COLUMN("\"inputs\" must be an object {NAME: rows}");

    private final String names;

    Format(String names) {
      this.names = names;
    }
  }

  /** The rows of an input: lists of integers or strings, whatever the body has. */
  static final class Column {
    private final List<int[]> integers = new ArrayList<>();
    private final List<byte[]> strings = new ArrayList<>();

    int size() {
      return integers.size() + strings.size();
    }
  }

  /**
   * Reads a body.
   *
   * @param length longest row of integers
   * @throws ApiException 400 if it is not such a request
   */
  static PredictRequest parse(byte[] bytes, ServerOptions.Limits limits, int length) {
    var reading = new Reading(limits, length);
    JsonBody.read(bytes, reading::field);
    if (reading.format == null) {
      throw ApiException.badRequest(
          "the body has neither \"instances\" (row format) nor \"inputs\" (column format)");
    }
    return new PredictRequest(reading.signature, reading.format, reading.columns);
  }

  private static final class Reading {
    private final ServerOptions.Limits limits;
    private final int length;
    private final Map<String, Column> columns = new LinkedHashMap<>();
    private String signature = DEFAULT_SIGNATURE;
    private Format format;

    Reading(ServerOptions.Limits limits, int length) {
      this.limits = limits;
      this.length = length;
    }

    void field(String name, JsonBody body) throws IOException {
      switch (name) {
        case "signature_name" -> signature = body.text("signature_name");
        case "instances" -> {
          begin(Format.ROW);
          body.array("instances", limits.texts(), this::instance);
        }
        case "inputs" -> {
          begin(Format.COLUMN);
          switch (body.here()) {
            case START_ARRAY -> column(UNNAMED, body);
            case START_OBJECT -> body.object("inputs", this::column);
            default ->
              throw ApiException.badRequest(
                  "inputs must be an object {NAME: rows} or, where there is one input, its rows");
          }
        }
        // Ignored, as TensorFlow Serving ignores other fields.
        default -> body.skip();
      }
    }

    private void begin(Format found) {
      if (format != null) {
        throw ApiException.badRequest("the body has both \"instances\" and \"inputs\"");
      }
      format = found;
    }

    private Column column(String name) {
      return columns.computeIfAbsent(name, key -> new Column());
    }

    private void instance(int index, JsonBody body) throws IOException {
      var what = "instance " + index;
      if (body.here() == JsonToken.START_OBJECT) {
        var names = new HashSet<String>();
        body.object(what, (name, value) -> {
          names.add(name);
          if (name.equals(BASE64)) {
            column(UNNAMED).strings.add(value.base64(what, limits.textBytes()));
          } else {
            value(column(name), "%s of %s".formatted(name, what), value);
          }
        });
        if (names.isEmpty() || (names.contains(BASE64) && names.size() > 1)) {
          throw ApiException.badRequest(
              what + " must be a value, {\"b64\": BASE64} alone, or an object {NAME: value}");
        }
      } else {
        value(column(UNNAMED), what, body);
      }
      if (columns.containsKey(UNNAMED) && columns.size() > 1) {
        throw ApiException.badRequest(
            what + ": either all instances are objects {NAME: row}, or none");
      }
      columns.forEach((name, rows) -> {
        if (rows.size() != index + 1) {
          throw ApiException.badRequest("instance %d has no %s, others have"
              .formatted(rows.size() == index ? index : 0, name));
        }
      });
    }

    private void column(String name, JsonBody body) throws IOException {
      var what = name.equals(UNNAMED) ? "inputs" : name;
      var rows = column(name);
      body.array(
          what,
          limits.texts(),
          (index, row) -> value(rows, "row %d of %s".formatted(index, what), row));
    }

    private void value(Column column, String what, JsonBody body) throws IOException {
      switch (body.here()) {
        case START_ARRAY -> column.integers.add(body.integers(what, length));
        case VALUE_STRING -> column.strings.add(body.string(what, limits.textBytes()));
        case START_OBJECT -> column.strings.add(bytes(what, body));
        default -> throw ApiException.badRequest(what + " must be a list of integers or a string");
      }
    }

    /** Reads {@code {"b64": BASE64}}. */
    private byte[] bytes(String what, JsonBody body) throws IOException {
      var found = new ArrayList<byte[]>();
      var names = new ArrayList<String>();
      body.object(what, (name, value) -> {
        names.add(name);
        if (name.equals(BASE64)) {
          found.add(value.base64(what, limits.textBytes()));
        } else {
          value.skip();
        }
      });
      if (!names.equals(List.of(BASE64))) {
        throw ApiException.badRequest(
            "%s has %s; the only object is {\"b64\": BASE64}".formatted(what, names));
      }
      return found.get(0);
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
      throw ApiException.badRequest("the signature has no input %s; it has %s"
          .formatted(unknown.iterator().next(), inputs.stream().sorted().toList()));
    }
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
