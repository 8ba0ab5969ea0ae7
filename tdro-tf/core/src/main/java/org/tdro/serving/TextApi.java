package org.tdro.serving;

import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.tdro.serving.client.RetrieverAssets;
import org.tdro.text.TextKind;

/** The calls that take text: {@code /embed} and OpenAI's {@code /v1/embeddings}. */
final class TextApi {
  private final String name;
  private final ModelVersions versions;
  private final ServerOptions.Limits limits;
  private final TextQueue queue;

  TextApi(String name, ModelVersions versions, ServerOptions.Limits limits, TextQueue queue) {
    this.name = name;
    this.versions = versions;
    this.limits = limits;
    this.queue = queue;
  }

  /**
   * One text of a request.
   *
   * @param text null where the client gave ids
   * @param ids token ids as the model takes them, prompt and end token included; null where the client gave the text
   */
  @SuppressWarnings("ArrayRecordComponent") // read once, never compared
  private record Input(String text, int[] ids) {}

  /** The fields of a request, each with its default until the body sets it. */
  private static final class Asked {
    private final List<Input> inputs = new ArrayList<>();
    private TextKind kind;
    private String prompt = "";
    private String model;
    private boolean base64;
    private int dimensions;
  }

  /** Embeddings, and the number of tokens they took. */
  @SuppressWarnings("ArrayRecordComponent") // written once, never compared
  private record Embedded(long version, float[][] embeddings, long tokens) {}

  /** Answers {@code POST /embed}: {@code {"texts": [TEXT, …], "kind": "query"|"passage", "prompt": NAME}}. */
  Reply embed(byte[] body) {
    var asked = new Asked();
    JsonBody.read(body, (field, value) -> {
      switch (field) {
        case "texts" -> texts(value, field, asked);
        case "kind" -> asked.kind = kind(value.text(field), field);
        case "prompt" -> {
          if (value.here() != JsonToken.VALUE_NULL) {
            asked.prompt = value.text(field);
          }
        }
        default ->
          throw ApiException.badRequest(
              "%s is not known; there are texts, kind and prompt".formatted(field));
      }
    });
    if (asked.kind == null) {
      throw ApiException.badRequest("kind is missing; it must be query or passage");
    }
    var embedded = embed(asked, "texts");
    return Reply.json(200, json -> {
      json.writeStringField("model", name);
      json.writeStringField("version", Long.toString(embedded.version()));
      Reply.vectors(json, "embeddings", embedded.embeddings());
    });
  }

  /**
   * Answers {@code POST /v1/embeddings}: {@code {"input": TEXT | [TEXT, …], "model": NAME, "encoding_format": "float"|"base64"}}, and
   * beyond OpenAI's fields {@code "input_type": "query"|"passage"} and {@code "prompt": NAME}. A text may be a list of token ids. Texts
   * are passages unless told otherwise; a field that is null is one that is absent.
   */
  Reply openAi(byte[] body) {
    var asked = new Asked();
    asked.kind = TextKind.PASSAGE;
    JsonBody.read(body, (field, value) -> {
      if (value.here() == JsonToken.VALUE_NULL) {
        return;
      }
      switch (field) {
        case "input" -> inputs(value, field, asked);
        case "model" -> asked.model = value.text(field);
        case "encoding_format" -> asked.base64 = isBase64(value.text(field));
        case "dimensions" -> asked.dimensions = value.integer(field);
        case "input_type" -> asked.kind = kind(value.text(field), field);
        case "prompt" -> asked.prompt = value.text(field);
        // OpenAI has more, such as user, which changes no embedding.
        default -> value.skip();
      }
    });
    if (asked.model == null) {
      throw ApiException.badRequest("model is missing; this server has " + name);
    }
    if (!asked.model.equals(name)) {
      throw ApiException.notFound(
          "there is no model %s; this server has %s".formatted(asked.model, name));
    }
    var embedded = embed(asked, "input");
    return Reply.json(200, json -> {
      json.writeStringField("object", "list");
      json.writeArrayFieldStart("data");
      for (int i = 0; i < embedded.embeddings().length; i++) {
        json.writeStartObject();
        json.writeStringField("object", "embedding");
        json.writeNumberField("index", i);
        json.writeFieldName("embedding");
        if (asked.base64) {
          json.writeString(base64(embedded.embeddings()[i]));
        } else {
          Reply.vector(json, embedded.embeddings()[i]);
        }
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeStringField("model", name);
      json.writeObjectFieldStart("usage");
      json.writeNumberField("prompt_tokens", embedded.tokens());
      json.writeNumberField("total_tokens", embedded.tokens());
      json.writeEndObject();
    });
  }

  private void texts(JsonBody body, String field, Asked asked) throws IOException {
    body.array(
        field,
        limits.texts(),
        (index, element) ->
            asked.inputs.add(new Input(element.text("%s[%d]".formatted(field, index)), null)));
  }

  /** Reads a text, its token ids, or a list of either. */
  private void inputs(JsonBody body, String field, Asked asked) throws IOException {
    if (body.here() == JsonToken.VALUE_STRING) {
      asked.inputs.add(new Input(body.text(field), null));
      return;
    }
    var ids = IntStream.builder();
    int elements = body.array(field, Integer.MAX_VALUE, (index, element) -> {
      var name = "%s[%d]".formatted(field, index);
      switch (element.here()) {
        case VALUE_NUMBER_INT -> ids.add(element.integer(name));
        case START_ARRAY ->
          asked.inputs.add(new Input(null, element.integers(name, Integer.MAX_VALUE)));
        case VALUE_STRING -> asked.inputs.add(new Input(element.text(name), null));
        default -> throw ApiException.badRequest(name + " must be a text or a list of token ids");
      }
      if (asked.inputs.size() > limits.texts()) {
        throw ApiException.badRequest(
            "%s has more than %d elements".formatted(field, limits.texts()));
      }
    });
    var flat = ids.build().toArray();
    if (flat.length > 0) {
      if (flat.length < elements) {
        throw ApiException.badRequest(
            field + " has token ids beside texts; it must be one text's ids or a list of texts");
      }
      asked.inputs.add(new Input(null, flat));
    }
  }

  private Embedded embed(Asked asked, String field) {
    if (asked.inputs.isEmpty()) {
      throw ApiException.badRequest(field + " is missing or empty");
    }
    try (var lease = versions.use(name, OptionalLong.empty())) {
      var model = lease.model();
      int dimension = model.assets().dimension();
      if (asked.dimensions != 0 && asked.dimensions != dimension) {
        throw ApiException.badRequest(
            "dimensions must be %d, the size of this model's embeddings".formatted(dimension));
      }
      var signature = RetrieverAssets.signature(asked.kind);
      model.signature(signature);
      return queue.admit(asked.inputs.size(), () -> {
        var rows = tokenize(model, asked, field);
        long tokens = rows.stream().mapToLong(TokenRow::length).sum();
        return new Embedded(model.version(), model.encode(signature, rows, Caller.PATIENT), tokens);
      });
    }
  }

  private static List<TokenRow> tokenize(ServedModel model, Asked asked, String field) {
    var assets = model.assets();
    PromptNames.of(assets.prompts(), asked.kind).require(asked.prompt);
    var prompt = assets.prompts().of(asked.kind, asked.prompt);
    int length = Math.min(model.maxLength(), assets.maxLength(asked.kind));
    var tokenizer = model.tokenizer();
    var rows = new ArrayList<TokenRow>();
    for (int i = 0; i < asked.inputs.size(); i++) {
      var input = asked.inputs.get(i);
      if (input.ids == null) {
        rows.add(TokenRow.of(tokenizer.encode(prompt.apply(input.text), length)));
      } else {
        check("%s[%d]".formatted(field, i), input.ids, model);
        rows.add(TokenRow.of(input.ids));
      }
    }
    return rows;
  }

  private static void check(String name, int[] ids, ServedModel model) {
    if (ids.length == 0 || ids.length > model.maxLength()) {
      throw ApiException.badRequest("%s has %d token ids; this model takes 1 to %d"
          .formatted(name, ids.length, model.maxLength()));
    }
    int vocabulary = model.vocabulary().orElse(Integer.MAX_VALUE);
    for (int id : ids) {
      if (id < 0 || id >= vocabulary) {
        throw ApiException.badRequest(
            "%s has %d; the model's ids are 0 to %d".formatted(name, id, vocabulary - 1));
      }
    }
  }

  private static TextKind kind(String text, String field) {
    return switch (text) {
      case "query" -> TextKind.QUERY;
      case "passage" -> TextKind.PASSAGE;
      default ->
        throw ApiException.badRequest("%s must be query or passage, was %s".formatted(field, text));
    };
  }

  private static boolean isBase64(String format) {
    return switch (format) {
      case "float" -> false;
      case "base64" -> true;
      default ->
        throw ApiException.badRequest("encoding_format must be float or base64, was " + format);
    };
  }

  /** Encodes floats as base64 of little-endian bytes, as OpenAI's clients read them. */
  private static String base64(float[] vector) {
    var bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
