package org.tdro.retriever;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tdro.io.AtomicWrite;
import org.tdro.io.InputException;
import org.tdro.io.Problems;
import org.tdro.io.TextLines;
import org.tdro.rows.Passage;
import org.tdro.search.EmbeddingFormat;
import org.tdro.text.TextKind;

/**
 * Encodes a file of texts into a file of embeddings, in the order of its lines. Some thousand lines are encoded at a time, so
 * memory does not grow with the file.
 */
public final class FileEncoding {
  private static final int CHUNK_LINES = 4096;

  private final Retriever retriever;
  private final TextKind kind;
  private final String task;
  private final TokenEncoding batches;

  /** A text as token ids, and the problems of its line. */
  @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
  private record Row(String id, int[] tokens, List<String> problems) {}

  /**
   * Creates an encoding of texts of one kind.
   *
   * @param task whose prompts are put around the texts; one without prompts leaves them as they are
   * @param batches how the texts of a chunk are batched
   */
  public FileEncoding(Retriever retriever, TextKind kind, String task, TokenEncoding batches) {
    this.retriever = retriever;
    this.kind = kind;
    this.task = task;
    this.batches = batches;
  }

  /**
   * Encodes the lines of a file. Each is a JSON object with {@code text} (a passage's also {@code title}), or with
   * {@code input_ids} that are taken as they are; {@code _id}, or else the number of the line, tells it from others.
   *
   * @param source decompressed if its name ends in {@code .gz}
   * @param target a file in the {@link EmbeddingFormat} of its name, replaced once the new one is complete
   * @return number of texts
   * @throws InputException listing the first {@value Problems#SHOWN} problems; nothing is written then
   * @throws IllegalArgumentException if the name of {@code target} is not that of a format
   * @throws UncheckedIOException if the target cannot be written
   */
  public long run(Path source, Path target) {
    var format = EmbeddingFormat.of(target);
    var done = new long[1];
    try (var reader = TextLines.open(source)) {
      AtomicWrite.file(target, beside -> {
        try (var writer = format.open(beside, retriever.settings().spec().dimension())) {
          done[0] = encode(reader, writer);
          writer.finish();
        }
      });
    }
    return done[0];
  }

  /** Encodes until the first wrong line; from there on lines are only checked. */
  private long encode(TextLines reader, EmbeddingFormat.Writer writer) throws IOException {
    var problems = new Problems();
    long done = 0;
    try {
      var chunks = reader.chunks(CHUNK_LINES);
      while (chunks.hasNext() && !problems.isFull()) {
        var rows = parse(chunks.next(), problems);
        if (problems.isEmpty()) {
          var tokens = rows.stream().map(Row::tokens).toArray(int[][]::new);
          var ids = rows.stream().map(Row::id).toList();
          writer.write(ids, retriever.encode(kind, tokens, batches));
          done += ids.size();
        }
      }
    } catch (InputException e) {
      problems.fill(e.problems());
    }
    problems.throwIfAny();
    return done;
  }

  private List<Row> parse(List<TextLines.Line> lines, Problems problems) {
    var rows = lines.parallelStream().map(this::parse).toList();
    rows.forEach(row -> problems.fill(row.problems()));
    return rows;
  }

  private Row parse(TextLines.Line line) {
    JsonNode node;
    try {
      node = line.object();
    } catch (InputException e) {
      return new Row("", new int[0], e.problems());
    }
    var problems = new ArrayList<String>();
    var id = node.path("_id");
    if (!isAbsent(id) && !id.isTextual() && !id.isIntegralNumber()) {
      problems.add("_id is neither a string nor a whole number");
    }
    var tokens = isAbsent(node.path("input_ids"))
        ? tokenize(node, problems)
        : tokens(node.path("input_ids"), problems);
    return new Row(
        isAbsent(id) ? Long.toString(line.number()) : id.asText(),
        tokens,
        problems.stream().map(problem -> line.place() + ": " + problem).toList());
  }

  private int[] tokenize(JsonNode row, List<String> problems) {
    var text = row.path("text");
    var title = kind == TextKind.PASSAGE ? row.path("title").asText("") : "";
    if (!text.isTextual()) {
      problems.add(
          isAbsent(text) ? "has neither text nor input_ids" : "text is not a string: " + text);
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
      problems.add("input_ids is not a list of whole numbers");
    } else {
      retriever.problem(tokens).ifPresent(problems::add);
    }
    return tokens;
  }

  private static boolean isAbsent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }
}
