package org.tdro.data.shards;

import java.nio.file.Path;
import java.util.Map;
import org.tdro.io.InputException;

/** Key-value metadata of an Arrow file, read with errors that name the file. */
public record ShardMetadata(Path file, Map<String, String> values) {
  String text(String key) {
    var value = values.get(key);
    if (value == null) {
      throw wrong("lacks the metadata " + key);
    }
    return value;
  }

  public long number(String key) {
    try {
      return Long.parseLong(text(key));
    } catch (NumberFormatException e) {
      throw new InputException(
          "%s: %s is no number: %s; import the data again".formatted(file, key, text(key)), e);
    }
  }

  InputException wrong(String what) {
    return new InputException("%s: %s; import the data again".formatted(file, what));
  }
}
