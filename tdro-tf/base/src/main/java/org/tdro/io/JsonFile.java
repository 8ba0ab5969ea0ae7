package org.tdro.io;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Records as JSON files, components in snake case. */
public final class JsonFile {
  // Strict where a typing error would otherwise pass for a number; NaN is read, so that its place
  // can be told.
  private static final JsonMapper MAPPER = JsonMapper.builder()
      .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
      .enable(
          DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
          DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
      .defaultSetterInfo(JsonSetter.Value.forValueNulls(Nulls.FAIL, Nulls.FAIL))
      .disable(
          DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
          DeserializationFeature.ACCEPT_FLOAT_AS_INT)
      .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
      .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
      .enable(SerializationFeature.INDENT_OUTPUT)
      .build();

  private JsonFile() {}

  /**
   * Reads the one JSON value of a file.
   *
   * @throws InputException naming the file, and the line or the JSON path of what is wrong
   */
  public static <T> T read(Path file, Class<T> type) {
    try (JsonParser parser = MAPPER.createParser(file.toFile())) {
      return MAPPER.readValue(parser, type);
    } catch (JsonMappingException e) {
      var problems =
          cause(e).lines().map(problem -> file + ": " + path(e) + problem).toList();
      throw new InputException(problems);
    } catch (JacksonException e) {
      // What breaks a limit, such as that of nesting, has no place.
      var line = e.getLocation() == null ? "" : ":" + e.getLocation().getLineNr();
      throw new InputException(
          "%s%s: no valid JSON: %s".formatted(file, line, e.getOriginalMessage()), e);
    } catch (NoSuchFileException | java.io.FileNotFoundException e) {
      throw new InputException(file + ": there is no such file", e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /** Writes {@code content}. */
  public static void write(Path file, Object content) {
    AtomicWrite.file(file, beside -> Files.write(beside, MAPPER.writeValueAsBytes(content)));
  }

  /** Such as {@code micro_batches[3].lm_loss: }; empty at the top. */
  private static String path(JsonMappingException e) {
    var path = new StringBuilder();
    for (var reference : e.getPath()) {
      if (reference.getFieldName() == null) {
        path.append('[').append(reference.getIndex()).append(']');
      } else {
        path.append(path.length() == 0 ? "" : ".").append(reference.getFieldName());
      }
    }
    return path.length() == 0 ? "" : path + ": ";
  }

  /** A record's own complaint, without Jackson's frame around it. */
  private static String cause(JsonMappingException e) {
    return e.getCause() instanceof IllegalArgumentException problem
        ? problem.getMessage()
        : e.getOriginalMessage();
  }
}
