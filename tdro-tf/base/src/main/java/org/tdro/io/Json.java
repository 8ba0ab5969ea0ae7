package org.tdro.io;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.InvalidNullException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * JSON files: records, whose components are written in snake case, and trees. Reading is strict where a typing error would
 * otherwise pass for a value (a key given twice, text after the end, null or a fraction for a whole number); keys that a record
 * does not have are ignored. A component that may be absent says so with {@code @JsonSetter(nulls = Nulls.SET)}.
 */
public final class Json {
  // NaN is read, so that a record's own checks can say where it is.
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
      .build();

  private static final JsonMapper PLAIN = JsonMapper.builder()
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build();

  /** For millions of lines, with strings of any length. Keys given twice are found in the tree, which is cheaper than in the text. */
  private static final ObjectReader LINES = JsonMapper.builder(JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build())
      .enable(
          DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
          DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
      .build()
      .reader();

  /**
   * For files of other programs, which read them as Python does. A vocabulary has 100,000 names and more, each once, so there is
   * no gain in keeping a table of them.
   */
  private static final JsonMapper LENIENT = JsonMapper.builder(JsonFactory.builder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build())
      .build();

  private Json() {}

  @FunctionalInterface
  private interface Reading<T> {
    T from(JsonParser parser) throws IOException;
  }

  /**
   * Reads the one value of a file as a record, or another type of Java.
   *
   * @throws InputException naming the file, and the line or the JSON path of what is wrong
   */
  public static <T> T read(Path file, Class<T> type) {
    return read(file, MAPPER, parser -> MAPPER.readValue(parser, type));
  }

  /**
   * Reads the one value of a file as a tree.
   *
   * @throws InputException naming the file, and the line of what is wrong
   */
  public static JsonNode read(Path file) {
    return read(file, PLAIN, PLAIN::readTree);
  }

  /**
   * Reads a file that another program wrote and reads, such as one of Hugging Face's, as leniently as Python: of a key given
   * twice the last value counts, and text after the value is ignored.
   *
   * @return the value; missing if the file is empty
   * @throws InputException naming the file, and the line of what is wrong
   */
  public static JsonNode readLeniently(Path file) {
    try {
      return parseLeniently(file, Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw new InputException(file + ": there is no such file", e);
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Parses the content of a file, as {@link #readLeniently}.
   *
   * @throws InputException naming the file, and the line of what is wrong
   */
  public static JsonNode parseLeniently(Path file, byte[] content) {
    try {
      return LENIENT.readTree(content);
    } catch (JacksonException e) {
      throw malformed(file, e);
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Parses a text that is a JSON object.
   *
   * @param place where the text is from, such as {@code rows.jsonl:7}
   * @throws InputException naming the place and the column of what is wrong
   */
  public static JsonNode object(String text, String place) {
    var node = value(text, place);
    if (!node.isObject()) {
      throw new InputException(place + ": is not a JSON object, but " + describe(node));
    }
    return node;
  }

  /**
   * Parses a text that is a JSON value.
   *
   * @param place where the text is from, such as {@code rows.jsonl:7}
   * @throws InputException naming the place and the column of what is wrong
   */
  public static JsonNode value(String text, String place) {
    try {
      return LINES.readTree(text);
    } catch (JsonProcessingException e) {
      // What breaks a limit, such as that of nesting, has no place.
      var column =
          e.getLocation() == null ? "" : " at column " + e.getLocation().getColumnNr();
      throw new InputException(place + ": malformed JSON" + column + ": " + problem(e), e);
    }
  }

  /** Opens a parser of texts of any length, from which the values of a list can be read one by one as trees. */
  public static JsonParser parser(InputStream in) throws IOException {
    var parser = LINES.createParser(in);
    parser.setCodec(LINES.without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS));
    return parser;
  }

  /**
   * Parses a text that is a JSON object as a record.
   *
   * @param place where the text is from, such as {@code jobs.jsonl:7}
   * @throws InputException naming the place, and the column or the JSON path of what is wrong
   */
  public static <T> T parse(String text, String place, Class<T> type) {
    try {
      return MAPPER.treeToValue(object(text, place), type);
    } catch (JsonMappingException e) {
      throw new InputException(
          cause(e).lines().map(problem -> place + ": " + path(e) + problem).toList());
    } catch (JsonProcessingException e) {
      throw new InputException(place + ": malformed JSON: " + problem(e), e);
    }
  }

  /** Returns the type of a value in words, such as {@code a list}. */
  public static String describe(JsonNode value) {
    return switch (value.getNodeType()) {
      case ARRAY -> "a list";
      case OBJECT -> "an object";
      case STRING -> "a string";
      case NUMBER -> "a number";
      case BOOLEAN -> value.asText();
      case NULL -> "null";
      default -> "missing";
    };
  }

  /** Returns an empty object, to be filled. */
  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /**
   * Writes a record, a map or a tree, indented and with a line end, replacing the file.
   *
   * @throws FileException naming the file
   */
  public static void write(Path file, Object content) {
    AtomicWrite.file(file, beside -> Files.writeString(beside, pretty(content) + "\n"));
  }

  /** Returns a record, a map or a tree as indented text without a line end after it. */
  public static String pretty(Object content) {
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(content);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(content.getClass() + " cannot be written as JSON", e);
    }
  }

  /** Returns a record, a map or a tree on one line without a line end after it. */
  public static String line(Object content) {
    try {
      return MAPPER.writeValueAsString(content);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(content.getClass() + " cannot be written as JSON", e);
    }
  }

  private static <T> T read(Path file, JsonMapper mapper, Reading<T> reading) {
    try (var parser = mapper.createParser(file.toFile())) {
      var value = reading.from(parser);
      if (value == null) {
        throw new InputException(file + ": holds no value");
      }
      return value;
    } catch (JsonMappingException e) {
      if (e.getCause() instanceof StreamReadException syntax) {
        throw malformed(file, syntax);
      }
      throw new InputException(
          cause(e).lines().map(problem -> file + ": " + path(e) + problem).toList());
    } catch (JacksonException e) {
      throw malformed(file, e);
    } catch (NoSuchFileException | FileNotFoundException e) {
      throw new InputException(file + ": there is no such file", e);
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static InputException malformed(Path file, JacksonException e) {
    // What breaks a limit, such as that of nesting, has no place.
    var line = e.getLocation() == null ? "" : ":" + e.getLocation().getLineNr();
    return new InputException(file + line + ": not valid JSON: " + problem(e), e);
  }

  /** Returns the parser's complaint without the beginning of the value, which Jackson adds in brackets. */
  private static String problem(JacksonException e) {
    return e.getOriginalMessage()
        .replaceFirst(" \\(start marker at .*", "")
        .replaceFirst("Non-standard token '(.*)': .*", "$1 is not a value in JSON")
        .replaceFirst("Duplicate field '(.*)' for .*", "the key '$1' is there twice");
  }

  /** Returns the place of a value, such as {@code micro_batches[3].lm_loss: }; empty at the top. */
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

  /** Returns a record's own complaint, without Jackson's frame around it. */
  private static String cause(JsonMappingException e) {
    if (e instanceof InvalidNullException) {
      return "is missing, or null";
    }
    return e.getCause() instanceof IllegalArgumentException problem
        ? problem.getMessage()
        : e.getOriginalMessage();
  }
}
