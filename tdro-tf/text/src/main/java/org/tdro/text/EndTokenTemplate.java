package org.tdro.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.tdro.io.Json;

/**
 * The {@code post_processor} of a {@code tokenizer.json} that puts an end token after each text. The present processor stays: a
 * template is extended, any other is followed by a template.
 */
final class EndTokenTemplate {
  private static final String TEMPLATE = "TemplateProcessing";

  private EndTokenTemplate() {}

  /**
   * Returns a post-processor with {@code end} after each text.
   *
   * @param present the present one; null or missing if there is none
   */
  static JsonNode with(JsonNode present, SpecialToken end) {
    var changed = withTemplate(present);
    extend(lastTemplate(changed).orElseThrow(), end);
    return changed;
  }

  private static JsonNode withTemplate(JsonNode present) {
    if (present.isMissingNode() || present.isNull()) {
      return textAlone();
    }
    JsonNode copy = present.deepCopy();
    if (lastTemplate(copy).isPresent()) {
      return copy;
    }
    if (isSequence(copy)) {
      ((ArrayNode) copy.get("processors")).add(textAlone());
      return copy;
    }
    var sequence = Json.object().put("type", "Sequence");
    sequence.putArray("processors").add(copy).add(textAlone());
    return sequence;
  }

  /** Returns the last template, which is the processor itself or within a sequence. */
  private static Optional<ObjectNode> lastTemplate(JsonNode processor) {
    if (processor.path("type").asText().equals(TEMPLATE)) {
      return Optional.of((ObjectNode) processor);
    }
    if (!isSequence(processor)) {
      return Optional.empty();
    }
    return processor
        .path("processors")
        .valueStream()
        .flatMap(part -> lastTemplate(part).stream())
        .reduce((before, last) -> last);
  }

  private static boolean isSequence(JsonNode processor) {
    return processor.path("type").asText().equals("Sequence");
  }

  /** Returns a template that adds nothing to a text or a pair of texts. */
  private static ObjectNode textAlone() {
    var template = Json.object().put("type", TEMPLATE);
    var pair = JsonNodeFactory.instance.arrayNode().add(text("A", 0)).add(text("B", 1));
    template.putArray("single").add(text("A", 0));
    template.set("pair", pair);
    template.putObject("special_tokens");
    return template;
  }

  private static ObjectNode text(String id, int type) {
    return part("Sequence", id, type);
  }

  private static ObjectNode part(String kind, String id, int type) {
    var part = Json.object();
    part.putObject(kind).put("id", id).put("type_id", type);
    return part;
  }

  private static void extend(ObjectNode template, SpecialToken end) {
    for (var name : List.of("single", "pair")) {
      var parts = template.withArray(name);
      for (var i = parts.size() - 1; i >= 0; i--) {
        var text = parts.get(i).path("Sequence");
        if (text.isMissingNode()) {
          continue;
        }
        parts.insert(
            i + 1, part("SpecialToken", end.content(), text.path("type_id").asInt()));
      }
    }
    var token = template.withObject("/special_tokens").putObject(end.content());
    token.put("id", end.content());
    token.putArray("ids").add(end.id());
    token.putArray("tokens").add(end.content());
  }
}
