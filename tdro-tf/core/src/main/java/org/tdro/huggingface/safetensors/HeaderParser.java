package org.tdro.huggingface.safetensors;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.util.ByteBufferBackedInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tdro.huggingface.safetensors.Header.Entry;
import org.tdro.io.InputException;
import org.tdro.io.Problems;

/** Reads a header's JSON token by token, so that a hostile one costs no more memory than the tensors it names. */
final class HeaderParser {
  private static final int MAX_TENSORS = 1_000_000;

  /** Without Jackson's table of field names, which pays off only for names that recur. */
  private static final JsonFactory JSON = JsonFactory.builder()
      .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
      .build();

  private final Path file;
  private final JsonParser json;
  private final Problems problems;
  private final Set<String> names = new HashSet<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final List<Entry> entries = new ArrayList<>();

  private HeaderParser(Path file, JsonParser json, Problems problems) {
    this.file = file;
    this.json = json;
    this.problems = problems;
  }

  /**
   * Reads a header. What is wrong with single tensors is added to {@code problems}.
   *
   * @throws InputException if it is not a JSON object in UTF-8, or names too many tensors
   */
  static Header parse(Path file, ByteBuffer bytes, Problems problems) throws IOException {
    if (!bytes.hasRemaining() || bytes.get(0) != '{') {
      throw new InputException(
          file + ": the header does not begin with {; it is not a safetensors file");
    }
    // This decoder reports malformed text, where Jackson would guess another encoding.
    var text = new InputStreamReader(
        new ByteBufferBackedInputStream(bytes), StandardCharsets.UTF_8.newDecoder());
    try (var json = JSON.createParser(text)) {
      return new HeaderParser(file, json, problems).header();
    } catch (CharacterCodingException e) {
      throw new InputException(file + ": the header is not UTF-8", e);
    } catch (JacksonException e) {
      throw new InputException(file + ": the header is " + invalidJson(e), e);
    }
  }

  /** Returns what is wrong with a JSON text and, as far as its parser knows, where. */
  static String invalidJson(JacksonException failure) {
    var at = failure.getLocation();
    return "not valid JSON%s: %s"
        .formatted(
            at == null ? "" : " at line %d, column %d".formatted(at.getLineNr(), at.getColumnNr()),
            failure.getOriginalMessage());
  }

  private Header header() throws IOException {
    json.nextToken();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      var name = json.currentName();
      json.nextToken();
      if (!names.add(name)) {
        problem(TensorSpec.label(name) + " is named twice in the header");
        json.skipChildren();
      } else if (name.equals(TensorSpec.METADATA)) {
        metadata();
      } else if (names.size() > MAX_TENSORS) {
        throw new InputException(
            "%s: the header names more than %d tensors".formatted(file, MAX_TENSORS));
      } else {
        tensor(name);
      }
    }
    if (json.nextToken() != null) {
      problem("text follows the header's JSON object");
    }
    return new Header(metadata, entries, problems.isEmpty());
  }

  private void metadata() throws IOException {
    var valid = json.currentToken() == JsonToken.START_OBJECT;
    if (valid) {
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        var key = json.currentName();
        valid &= json.nextToken() == JsonToken.VALUE_STRING;
        metadata.put(key, json.getText());
        json.skipChildren();
      }
    }
    json.skipChildren();
    if (!valid) {
      problem(TensorSpec.METADATA + " must be an object of strings");
    }
  }

  private void tensor(String name) throws IOException {
    var label = TensorSpec.label(name);
    if (json.currentToken() != JsonToken.START_OBJECT) {
      json.skipChildren();
      problem(label + " must be an object with dtype, shape and data_offsets");
      return;
    }
    String type = null;
    long[] shape = null;
    long[] offsets = null;
    boolean twice = false;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      var key = json.currentName();
      json.nextToken();
      switch (key) {
        case "dtype" -> {
          twice |= type != null;
          type = text();
        }
        case "shape" -> {
          twice |= shape != null;
          shape = integers(TensorSpec.MAX_RANK);
        }
        case "data_offsets" -> {
          twice |= offsets != null;
          offsets = integers(2);
        }
        default -> json.skipChildren();
      }
    }
    if (twice) {
      problem(label + " says its dtype, shape or data_offsets twice");
    }
    if (type == null) {
      problem(label + " needs a dtype, a string");
    }
    if (shape == null) {
      problem("%s needs a shape, at most %d integers".formatted(label, TensorSpec.MAX_RANK));
    }
    if (offsets == null || offsets.length != 2) {
      problem(label + " needs data_offsets, two integers");
    }
    if (type != null && shape != null && offsets != null && offsets.length == 2) {
      entry(name, type, shape, offsets[0], offsets[1]);
    }
  }

  private void entry(String name, String typeName, long[] shape, long begin, long end) {
    var label = TensorSpec.label(name);
    var type = DType.named(typeName);
    if (type.isEmpty()) {
      problem("%s is of unknown dtype %s, known are %s"
          .formatted(label, TensorSpec.shown(typeName), Arrays.toString(DType.values())));
      return;
    }
    try {
      var spec = new TensorSpec(name, type.get(), shape);
      if (begin < 0 || end < begin) {
        problem("%s: data_offsets [%d, %d] are not a range".formatted(label, begin, end));
      } else if (end - begin != spec.bytes()) {
        problem("%s takes %d bytes, its data_offsets span %d"
            .formatted(spec, spec.bytes(), end - begin));
      } else {
        entries.add(new Entry(spec, begin, end));
      }
    } catch (IllegalArgumentException e) {
      problem(e.getMessage());
    }
  }

  /** Returns the current string; null if it is something else. */
  private String text() throws IOException {
    var text = json.currentToken() == JsonToken.VALUE_STRING ? json.getText() : null;
    json.skipChildren();
    return text;
  }

  /** Returns the current list; null if it is not one of at most {@code limit} integers. */
  private long[] integers(int limit) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      json.skipChildren();
      return null;
    }
    var values = new long[limit];
    int count = 0;
    boolean valid = true;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      valid &= count < limit
          && json.currentToken() == JsonToken.VALUE_NUMBER_INT
          && json.getNumberType() != NumberType.BIG_INTEGER;
      if (valid) {
        values[count++] = json.getLongValue();
      }
      json.skipChildren();
    }
    return valid ? Arrays.copyOf(values, count) : null;
  }

  private void problem(String problem) {
    problems.add(file + ": " + problem);
  }
}
