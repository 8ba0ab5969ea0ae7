package org.tdro.retriever;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.tdro.io.InputException;
import org.tdro.io.TextLines;
import org.tdro.rows.Passage;
import org.tdro.text.TextKind;

/**
 * Reads lines of texts to encode: {@code text} (a passage's also {@code title}), or {@code input_ids} that are taken as
 * they are; {@code _id}, or else the number of the line, tells them apart.
 */
record EncodingInput(Retriever retriever, TextKind kind, String task) {
  /** A text as token ids. */
  @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
  record Row(String id, int[] tokens) {}

  /**
   * Reads a line.
   *
   * @throws InputException naming the line and all that is wrong with it
   */
  Row read(TextLines.Line line) {
    var node = line.object();
    var problems = new ArrayList<String>();
    var id = node.path("_id");
    if (!isAbsent(id) && !id.isTextual() && !id.isIntegralNumber()) {
      problems.add("_id is neither a string nor a whole number");
    }
    var tokens = isAbsent(node.path("input_ids"))
        ? tokenize(node, problems)
        : tokens(node.path("input_ids"), problems);
    if (!problems.isEmpty()) {
      throw new InputException(
          problems.stream().map(problem -> line.place() + ": " + problem).toList());
    }
    return new Row(isAbsent(id) ? Long.toString(line.number()) : id.asText(), tokens);
  }

  private int[] tokenize(JsonNode row, List<String> problems) {
    var text = row.path("text");
    var title = kind == TextKind.PASSAGE ? row.path("title").asText("") : "";
    if (!text.isTextual()) {
      problems.add(
          isAbsent(text) ? "has neither text nor input_ids" : "text is no string: " + text);
      return new int[0];
    }
    return retriever.tokenize(kind, task, new Passage("", title, text.asText()).content());
  }

  private int[] tokens(JsonNode array, List<String> problems) {
    var tokens = new int[array.size()];
    boolean whole = array.isArray() && !array.isEmpty();
    for (int i = 0; i < tokens.length && whole; i++) {
      whole = array.path(i).canConvertToInt() && array.path(i).isIntegralNumber();
      tokens[i] = array.path(i).asInt();
    }
    if (!whole) {
      problems.add("input_ids is no list of whole numbers");
    } else {
      Vocabulary.problem(tokens, retriever.settings().spec()).ifPresent(problems::add);
    }
    return tokens;
  }

  private static boolean isAbsent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }
}
