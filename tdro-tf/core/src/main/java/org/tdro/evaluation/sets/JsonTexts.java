package org.tdro.evaluation.sets;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import org.tdro.io.InputException;
import org.tdro.io.TextLines;

/**
 * Texts as JSON objects, one a line.
 *
 * @param ids the keys of the id; the first that is there is read
 * @param texts the keys of the text, likewise
 */
record JsonTexts(List<String> ids, List<String> texts) implements TextFormat {
  /** BEIR's keys. */
  static final JsonTexts BEIR = new JsonTexts(List.of("_id"), List.of("text"));

  /** MIRACL's keys. */
  static final JsonTexts MIRACL = new JsonTexts(List.of("docid"), List.of("text"));

  /** The keys that programs of TREC collections use: Anserini's, Tevatron's, ir_datasets'. */
  static final JsonTexts ANY = new JsonTexts(
      List.of("_id", "docid", "doc_id", "docno", "id", "qid", "query_id"),
      List.of("text", "contents", "body", "query", "question"));

  JsonTexts {
    ids = List.copyOf(ids);
    texts = List.copyOf(texts);
  }

  @Override
  public Reader open(Path file) {
    return new Objects(TextLines.open(file));
  }

  private final class Objects implements Reader {
    private final TextLines lines;

    Objects(TextLines lines) {
      this.lines = lines;
    }

    @Override
    public Text next() {
      var line = lines.next();
      if (line == null) {
        return null;
      }
      var object = line.object();
      var title = object.path("title");
      return new Text(
          line.place(),
          string(line, object, ids),
          title.isMissingNode() || title.isNull() ? "" : string(line, object, List.of("title")),
          string(line, object, texts));
    }

    @Override
    public void close() {
      lines.close();
    }
  }

  private static String string(TextLines.Line line, JsonNode object, List<String> keys) {
    var key = keys.stream().filter(object::has).findFirst().orElse(keys.get(0));
    var value = object.path(key);
    if (!value.isTextual()) {
      throw new InputException(line.place() + ": needs a string '" + key + "'"
          + (value.isMissingNode()
              ? keys.size() == 1
                  ? ""
                  : " (or " + String.join(", ", keys.subList(1, keys.size())) + ")"
              : ", was " + value));
    }
    return value.textValue();
  }
}
