package org.tdro.serving;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** An answer to a request. */
@SuppressWarnings("ArrayRecordComponent") // sent once, never compared
record Reply(int status, String contentType, byte[] body) {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build();
  private static final String TYPE = "application/json";

  /** Returns a text with status 200. */
  static Reply text(String contentType, String body) {
    return new Reply(200, contentType, body.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes the fields of an object. */
  @FunctionalInterface
  interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  /** Returns a JSON object with that status. */
  static Reply json(int status, Fields fields) {
    var bytes = new ByteArrayOutputStream();
    try (var json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      fields.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Reply(status, TYPE, bytes.toByteArray());
  }

  /** Returns {@code {"error": message}}, as TensorFlow Serving answers. */
  static Reply error(int status, String message) {
    return json(status, json -> json.writeStringField("error", message));
  }

  /**
   * Writes a vector.
   *
   * @throws IllegalStateException if the model returned a number that is not finite, which JSON does not have
   */
  static void vector(JsonGenerator json, float[] vector) throws IOException {
    json.writeStartArray();
    for (float value : vector) {
      if (!Float.isFinite(value)) {
        throw new IllegalStateException("the model returned " + value);
      }
      json.writeNumber(value);
    }
    json.writeEndArray();
  }

  /** Writes vectors as a field. */
  static void vectors(JsonGenerator json, String name, float[][] vectors) throws IOException {
    json.writeArrayFieldStart(name);
    for (var vector : vectors) {
      vector(json, vector);
    }
    json.writeEndArray();
  }
}
