package org.tdro.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the JSON files of a model's folder. */
public final class JsonFiles {
  private JsonFiles() {}

  /** Indented, with a line end behind it. */
  public static void write(Path file, JsonNode json) throws IOException {
    Files.writeString(file, json.toPrettyString() + "\n");
  }
}
