package org.tdro.serving;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.tdro.text.Tokenizer;

/**
 * Reads a request's JSON as a stream, so that a large body makes no tree in memory and limits end it early. All complaints are
 * {@link ApiException}s with status 400.
 */
final class JsonBody {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final int FIRST_ROOM = 16;

  private final JsonParser parser;

  private JsonBody(JsonParser parser) {
    this.parser = parser;
  }

  /** Reads or skips the value of a field of an object; the parser is at the value. */
  @FunctionalInterface
  interface Field {
    void read(String name, JsonBody body) throws IOException;
  }

  /** Reads an element of an array; the parser is at the element. */
  @FunctionalInterface
  interface Element {
    void read(int index, JsonBody body) throws IOException;
  }

  /** Reads a body that is an object and nothing else. */
  static void read(byte[] bytes, Field field) {
    try (var parser = JSON.createParser(bytes)) {
      var body = new JsonBody(parser);
      parser.nextToken();
      body.object("the body", field);
      if (parser.nextToken() != null) {
        throw ApiException.badRequest("the body has more than one object");
      }
    } catch (JsonProcessingException e) {
      // Without a location where a limit of the parser, such as that on depth, is exceeded.
      var at = e.getLocation();
      throw ApiException.badRequest("the body is not JSON: %s%s"
          .formatted(
              e.getOriginalMessage(),
              at == null
                  ? ""
                  : " (line %d, column %d)".formatted(at.getLineNr(), at.getColumnNr())));
    } catch (IOException e) {
      // Malformed UTF-8, for one.
      throw ApiException.badRequest("the body cannot be read: " + e.getMessage());
    }
  }

  /** Returns the token at which the parser is. */
  JsonToken here() {
    return parser.currentToken();
  }

  /** Reads an object. */
  void object(String what, Field field) throws IOException {
    expect(JsonToken.START_OBJECT, what, "an object");
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var name = parser.currentName();
      parser.nextToken();
      field.read(name, this);
    }
  }

  /** Reads an array of at most {@code most} elements and returns how many there were. */
  int array(String what, int most, Element element) throws IOException {
    expect(JsonToken.START_ARRAY, what, "a list");
    int count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (count == most) {
        throw ApiException.badRequest("%s has more than %d elements".formatted(what, most));
      }
      element.read(count++, this);
    }
    return count;
  }

  /** Reads a list of integers of 32 bits. */
  int[] integers(String what, int most) throws IOException {
    expect(JsonToken.START_ARRAY, what, "a list of integers");
    var values = new int[FIRST_ROOM];
    int count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      expect(JsonToken.VALUE_NUMBER_INT, what, "a list of integers");
      if (count == most) {
        throw ApiException.badRequest(
            "%s is longer than %d, the most that is accepted".formatted(what, most));
      }
      if (count == values.length) {
        values = Arrays.copyOf(values, 2 * count);
      }
      values[count++] = integer(what);
    }
    return Arrays.copyOf(values, count);
  }

  /** Reads an integer of 32 bits. */
  int integer(String what) throws IOException {
    expect(JsonToken.VALUE_NUMBER_INT, what, "an integer");
    if (parser.getNumberType() != JsonParser.NumberType.INT) {
      throw ApiException.badRequest("%s has a number that is not a 32-bit integer".formatted(what));
    }
    return parser.getIntValue();
  }

  /** Reads a text. */
  String text(String what) throws IOException {
    expect(JsonToken.VALUE_STRING, what, "a text");
    return parser.getText();
  }

  /**
   * Reads a string as bytes in UTF-8.
   *
   * @param most bytes
   */
  byte[] string(String what, int most) throws IOException {
    var bytes = Tokenizer.wellFormed(text(what)).getBytes(StandardCharsets.UTF_8);
    return checked(what, bytes, most);
  }

  /** Reads bytes in base64, which need not be UTF-8. */
  byte[] base64(String what, int most) throws IOException {
    try {
      return checked(what, Base64.getDecoder().decode(text(what)), most);
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest("%s is not base64: %s".formatted(what, e.getMessage()));
    }
  }

  private static byte[] checked(String what, byte[] bytes, int most) {
    if (bytes.length > most) {
      throw ApiException.badRequest("%s has %d bytes, more than %d, the most that is accepted"
          .formatted(what, bytes.length, most));
    }
    return bytes;
  }

  /** Skips the current value. */
  void skip() throws IOException {
    parser.skipChildren();
  }

  private void expect(JsonToken token, String what, String description) {
    if (parser.currentToken() != token) {
      throw ApiException.badRequest("%s must be %s".formatted(what, description));
    }
  }
}
