package org.tdro.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** The JSON objects of a {@code .jsonl[.gz]} file, one a line, each with an {@code _id} of its own. */
final class JsonLines implements AutoCloseable {
  private static final ObjectReader READER = JsonMapper.builder()
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build()
      .readerFor(JsonNode.class);

  private final Path file;
  private final TextLines lines;
  private final Set<String> ids = new HashSet<>();

  JsonLines(Path file) {
    this.file = file;
    this.lines = new TextLines(file);
  }

  /**
   * The next object, or null at the end.
   *
   * @throws EvaluationDataException for malformed JSON, an {@code _id} that is missing or was there before; the next call
   *     goes on with the line after
   */
  JsonNode next() {
    var line = lines.next();
    if (line == null) {
      return null;
    }
    var object = parse(line);
    var id = text(object, "_id", null);
    if (!ids.add(id)) {
      throw problem("_id '" + id + "' was there before");
    }
    return object;
  }

  private JsonNode parse(String line) {
    try {
      JsonNode node = READER.readValue(line);
      if (!node.isObject()) {
        throw problem("expected a JSON object");
      }
      return node;
    } catch (JsonProcessingException e) {
      throw problem("is not valid JSON: " + e.getOriginalMessage());
    }
  }

  /**
   * A string of the object that {@link #next} gave last.
   *
   * @param otherwise the value where the key is absent or null; null if it must be there
   */
  String text(JsonNode object, String key, String otherwise) {
    var value = object.path(key);
    if (value.isTextual()) {
      return value.textValue();
    }
    if (otherwise == null || !(value.isMissingNode() || value.isNull())) {
      throw problem(
          "needs a string '" + key + "'" + (value.isMissingNode() ? "" : ", was " + value));
    }
    return otherwise;
  }

  private EvaluationDataException problem(String problem) {
    return new EvaluationDataException(file + ":" + lines.number() + ": " + problem);
  }

  @Override
  public void close() {
    lines.close();
  }
}
