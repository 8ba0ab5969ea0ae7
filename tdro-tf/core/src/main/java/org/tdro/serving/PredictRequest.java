package org.tdro.serving;

import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The body of TensorFlow Serving's predict call: {@code {"signature_name": …, "instances": [{NAME: […]}, …]}} (a row for each
 * text) or {@code {"signature_name": …, "inputs": {NAME: [[…], …]}}} (a column for each input).
 *
 * @param format of the request and of its answer
 * @param columns the rows of each input
 */
record PredictRequest(String signature, Format format, Map<String, List<int[]>> columns) {
  private static final String DEFAULT_SIGNATURE = "serving_default";

  enum Format {
    ROW,
    COLUMN
  }

  /**
   * Reads a body.
   *
   * @param texts most texts
   * @param length longest row
   * @throws ApiException 400 if it is not such a request
   */
  static PredictRequest parse(byte[] bytes, int texts, int length) {
    var reading = new Reading(texts, length);
    JsonBody.read(bytes, reading::field);
    if (reading.format == null) {
      throw ApiException.badRequest(
          "the body has neither \"instances\" (row format) nor \"inputs\" (column format)");
    }
    return new PredictRequest(reading.signature, reading.format, reading.columns);
  }

  private static final class Reading {
    private final int texts;
    private final int length;
    private final Map<String, List<int[]>> columns = new LinkedHashMap<>();
    private String signature = DEFAULT_SIGNATURE;
    private Format format;

    Reading(int texts, int length) {
      this.texts = texts;
      this.length = length;
    }

    void field(String name, JsonBody body) throws IOException {
      switch (name) {
        case "signature_name" -> signature = body.text("signature_name");
        case "instances" -> {
          begin(Format.ROW);
          body.array("instances", texts, this::instance);
        }
        case "inputs" -> {
          begin(Format.COLUMN);
          if (body.here() == JsonToken.START_ARRAY) {
            throw ApiException.badRequest(
                "the signature has several inputs: \"inputs\" must be an object {NAME: rows}");
          }
          body.object("inputs", this::column);
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

    private void instance(int index, JsonBody body) throws IOException {
      if (body.here() == JsonToken.START_ARRAY) {
        throw ApiException.badRequest("instance " + index
            + ": the signature has several inputs, so an instance must be an object {NAME: row}");
      }
      body.object(
          "instance " + index,
          (name, value) -> columns
              .computeIfAbsent(name, key -> new ArrayList<>())
              .add(value.integers("%s of instance %d".formatted(name, index), length)));
      columns.forEach((name, rows) -> {
        if (rows.size() != index + 1) {
          throw ApiException.badRequest("instance %d has no %s, others have"
              .formatted(rows.size() == index ? index : 0, name));
        }
      });
    }

    private void column(String name, JsonBody body) throws IOException {
      var rows = new ArrayList<int[]>();
      body.array(
          name,
          texts,
          (index, row) -> rows.add(row.integers("row %d of %s".formatted(index, name), length)));
      columns.put(name, rows);
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
    var batches = inputs.stream().map(input -> rows(input, vocabulary)).toList();
    var known = inputs.stream()
        .flatMap(input -> Stream.of(input.idsName(), input.maskName()))
        .collect(Collectors.toSet());
    for (var name : columns.keySet()) {
      if (!known.contains(name)) {
        throw ApiException.badRequest("the signature has no input " + name);
      }
    }
    return batches;
  }

  private List<TokenRow> rows(SignatureCall.Input input, OptionalInt vocabulary) {
    var ids = column(input.idsName());
    var masks = column(input.maskName());
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

  private List<int[]> column(String name) {
    var rows = columns.get(name);
    if (rows == null || rows.isEmpty()) {
      throw ApiException.badRequest("the request has no " + name);
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
