package org.tdro.serving.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.tdro.text.Tokenizer;

/** The column format of TensorFlow Serving's predict call. */
final class PredictJson {
  private static final JsonFactory JSON = new JsonFactory();

  /** What writes the value of the inputs. */
  @FunctionalInterface
  private interface Inputs {
    void write(JsonGenerator json) throws IOException;
  }

  private PredictJson() {}

  /** Returns the request for the embeddings of rows, which are padded to {@code length}. */
  static byte[] request(String signature, int[][] rows, int length) {
    return request(signature, json -> {
      json.writeStartObject();
      json.writeArrayFieldStart(RetrieverAssets.INPUT_IDS);
      for (var row : rows) {
        padded(json, row, length);
      }
      json.writeEndArray();
      json.writeArrayFieldStart(RetrieverAssets.ATTENTION_MASK);
      for (var row : rows) {
        var mask = new int[row.length];
        java.util.Arrays.fill(mask, 1);
        padded(json, mask, length);
      }
      json.writeEndArray();
      json.writeEndObject();
    });
  }

  /** Returns the request for the embeddings of texts, given a value of each by the name of the input. */
  static byte[] request(String signature, Map<String, List<String>> inputs) {
    return request(signature, json -> {
      json.writeStartObject();
      for (var input : inputs.entrySet()) {
        json.writeArrayFieldStart(input.getKey());
        for (var value : input.getValue()) {
          json.writeString(Tokenizer.wellFormed(value));
        }
        json.writeEndArray();
      }
      json.writeEndObject();
    });
  }

  private static byte[] request(String signature, Inputs inputs) {
    var bytes = new ByteArrayOutputStream();
    try (var json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("signature_name", signature);
      json.writeFieldName("inputs");
      inputs.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void padded(JsonGenerator json, int[] values, int length) throws IOException {
    json.writeArray(java.util.Arrays.copyOf(values, length), 0, length);
  }

  /**
   * Reads {@code {"outputs": [[…], …]}}, of vectors as long as the first.
   *
   * @throws ServingException if it is not of {@code rows} vectors of one size
   */
  static float[][] response(byte[] body, int rows) {
    int dimension = 0;
    try (var json = JSON.createParser(body)) {
      int depth = 0;
      for (var token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.START_ARRAY) {
          depth++;
        } else if (token == JsonToken.END_ARRAY) {
          // The end of the first vector.
          break;
        } else if (depth == 2) {
          dimension++;
        }
      }
    } catch (IOException e) {
      throw ServingException.misunderstood(e.getMessage());
    }
    return response(body, rows, dimension);
  }

  private static float[][] response(byte[] body, int rows, int dimension) {
    try (var json = JSON.createParser(body)) {
      if (json.nextToken() == JsonToken.START_OBJECT) {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          var name = json.currentName();
          json.nextToken();
          if (name.equals("outputs")) {
            return vectors(json, rows, dimension);
          }
          json.skipChildren();
        }
      }
      throw ServingException.misunderstood("it has no outputs");
    } catch (IOException e) {
      throw ServingException.misunderstood(e.getMessage());
    }
  }

  private static float[][] vectors(JsonParser json, int rows, int dimension) throws IOException {
    var vectors = new float[rows][dimension];
    expect(json.currentToken(), JsonToken.START_ARRAY, rows, dimension);
    for (var vector : vectors) {
      expect(json.nextToken(), JsonToken.START_ARRAY, rows, dimension);
      for (int i = 0; i < dimension; i++) {
        if (!json.nextToken().isNumeric()) {
          throw ServingException.misunderstood(
              "an embedding does not have %d numbers".formatted(dimension));
        }
        vector[i] = json.getFloatValue();
      }
      expect(json.nextToken(), JsonToken.END_ARRAY, rows, dimension);
    }
    expect(json.nextToken(), JsonToken.END_ARRAY, rows, dimension);
    return vectors;
  }

  private static void expect(JsonToken actual, JsonToken expected, int rows, int dimension) {
    if (actual != expected) {
      throw ServingException.misunderstood(
          "its outputs are not %d vectors of %d numbers".formatted(rows, dimension));
    }
  }
}
