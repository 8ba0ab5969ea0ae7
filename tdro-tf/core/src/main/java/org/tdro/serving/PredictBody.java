package org.tdro.serving;

import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tdro.serving.PredictRequest.Column;
import org.tdro.serving.PredictRequest.Format;

/**
 * The body of TensorFlow Serving's predict call: {@code {"signature_name": …, "instances": [{NAME: VALUE}, …]}} (a row for each
 * text) or {@code {"signature_name": …, "inputs": {NAME: [VALUE, …]}}} (a column for each input). A value is a list of integers, a
 * string or {@code {"b64": BASE64}}. Where a signature has one input, its name may be left out.
 */
final class PredictBody {
  private static final String BASE64 = "b64";

  private final ServerOptions.Limits limits;
  private final int length;
  private final Map<String, Column> columns = new LinkedHashMap<>();
  private String signature = PredictRequest.DEFAULT_SIGNATURE;
  private Format format;

  private PredictBody(ServerOptions.Limits limits, int length) {
    this.limits = limits;
    this.length = length;
  }

  /**
   * Reads a body.
   *
   * @param length longest row of integers
   * @throws ApiException 400 if it is not such a request
   */
  static PredictRequest read(byte[] bytes, ServerOptions.Limits limits, int length) {
    var body = new PredictBody(limits, length);
    JsonBody.read(bytes, body::field);
    if (body.format == null) {
      throw ApiException.badRequest(
          "the body has neither \"instances\" (row format) nor \"inputs\" (column format)");
    }
    return new PredictRequest(body.signature, body.format, body.columns);
  }

  private void field(String name, JsonBody body) throws IOException {
    switch (name) {
      case "signature_name" -> signature = body.text("signature_name");
      case "instances" -> {
        begin(Format.ROW);
        body.array("instances", limits.texts(), this::instance);
      }
      case "inputs" -> {
        begin(Format.COLUMN);
        switch (body.here()) {
          case START_ARRAY -> column(PredictRequest.UNNAMED, body);
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
          column(PredictRequest.UNNAMED).add(value.base64(what, limits.textBytes()));
        } else {
          value(column(name), "%s of %s".formatted(name, what), value);
        }
      });
      if (names.isEmpty() || (names.contains(BASE64) && names.size() > 1)) {
        throw ApiException.badRequest(
            what + " must be a value, {\"b64\": BASE64} alone, or an object {NAME: value}");
      }
    } else {
      value(column(PredictRequest.UNNAMED), what, body);
    }
    if (columns.containsKey(PredictRequest.UNNAMED) && columns.size() > 1) {
      throw ApiException.badRequest(
          what + ": either all instances are objects {NAME: row}, or none");
    }
    columns.forEach((name, rows) -> {
      if (rows.size() != index + 1) {
        throw ApiException.badRequest(
            "instance %d has no %s, others have".formatted(rows.size() == index ? index : 0, name));
      }
    });
  }

  private void column(String name, JsonBody body) throws IOException {
    var what = name.equals(PredictRequest.UNNAMED) ? "inputs" : name;
    var rows = column(name);
    body.array(
        what,
        limits.texts(),
        (index, row) -> value(rows, "row %d of %s".formatted(index, what), row));
  }

  private void value(Column column, String what, JsonBody body) throws IOException {
    switch (body.here()) {
      case START_ARRAY -> column.add(body.integers(what, length));
      case VALUE_STRING -> column.add(body.string(what, limits.textBytes()));
      case START_OBJECT -> column.add(bytes(what, body));
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
