package org.tdro.rows.records;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import org.tdro.io.Compression;
import org.tdro.io.InputException;
import org.tdro.io.Json;

/** The items of a JSON list, of which one at a time is in memory. */
final class JsonListRecords implements Records {
  private final Path file;
  private final JsonParser parser;
  private boolean ended;

  private JsonListRecords(Path file, JsonParser parser) {
    this.file = file;
    this.parser = parser;
  }

  static Records open(Path file) {
    try {
      var records = new JsonListRecords(file, Json.parser(Compression.read(file)));
      records.parser.nextToken();
      return records;
    } catch (IOException e) {
      throw new InputException(file + ":1: " + Compression.reason(file, e), e);
    }
  }

  @Override
  public Unparsed next() {
    if (ended) {
      return null;
    }
    try {
      if (parser.nextToken() == JsonToken.END_ARRAY) {
        ended = true;
        if (parser.nextToken() != null) {
          throw new InputException("%s:%d: has more after the end of its list"
              .formatted(file, parser.currentTokenLocation().getLineNr()));
        }
        return null;
      }
      int line = parser.currentTokenLocation().getLineNr();
      JsonNode value = parser.readValueAsTree();
      var place = file + ":" + line;
      if (!value.isContainerNode()) {
        throw new InputException(
            place + ": is " + Json.describe(value) + ", expected an object, in a list of them");
      }
      return new Parsed(place, value);
    } catch (JsonProcessingException e) {
      ended = true;
      throw new InputException(
          "%s:%d: malformed JSON at column %d: %s"
              .formatted(
                  file,
                  parser.currentLocation().getLineNr(),
                  parser.currentLocation().getColumnNr(),
                  e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      ended = true;
      throw new InputException(
          file + ":" + parser.currentLocation().getLineNr() + ": " + Compression.reason(file, e),
          e);
    }
  }

  @Override
  public void close() {
    try {
      parser.close();
    } catch (IOException e) {
      throw new InputException(file + ": " + Compression.reason(file, e), e);
    }
  }
}
