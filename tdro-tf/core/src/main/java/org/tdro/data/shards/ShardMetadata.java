package org.tdro.data.shards;

import java.nio.file.Path;
import java.util.Map;
import org.tdro.io.InputException;

/** The metadata of an Arrow file, read with errors that name the file. */
record ShardMetadata(Path file, Map<String, String> values) {
  String text(String key) {
    var value = values.get(key);
    if (value == null) {
      throw wrong("lacks the metadata " + key);
    }
    return value;
  }

  long number(String key) {
    try {
      return Long.parseLong(text(key));
    } catch (NumberFormatException e) {
      throw new InputException(
          "%s: %s is not a number: %s; import the data again".formatted(file, key, text(key)), e);
    }
  }

  InputException wrong(String what) {
    return new InputException("%s: %s; import the data again".formatted(file, what));
  }
}
