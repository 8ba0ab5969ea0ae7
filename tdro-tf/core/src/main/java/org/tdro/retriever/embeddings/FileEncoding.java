package org.tdro.retriever.embeddings;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.io.AtomicWrite;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.Problems;
import org.tdro.io.TextLines;
import org.tdro.keras.Prefetcher;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.TokenEncoding;
import org.tdro.rows.Passage;
import org.tdro.search.EmbeddingFormat;
import org.tdro.search.Embeddings;
import org.tdro.text.TextKind;
import org.tdro.text.Tokenizer;

/**
 * Encodes a file of texts into a file of embeddings, in the order of its lines. Some thousand lines are encoded at a time, so
 * memory does not grow with the file.
 */
public final class FileEncoding {
  private static final Logger LOG = LoggerFactory.getLogger(FileEncoding.class);
  private static final int CHUNK_LINES = 4096;

  /** Keys of a text's id, in BEIR's, Pyserini's and Tevatron's corpora and queries; the first that a row has counts. */
  private static final List<String> IDS = List.of("_id", "id", "docid", "query_id");

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
   * Encodes the lines of a file; one without lines is warned of. Each is a JSON object with {@code text} (a passage's also
   * {@code title}), or with {@code input_ids} that are taken as they are; {@code _id}, {@code id}, {@code docid} or {@code query_id},
   * or else the number of the line, tells it from others.
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
    if (done[0] == 0) {
      LOG.warn("{} holds no texts, so {} holds no embeddings", source, target);
    }
    return done[0];
  }

  /** Encodes until the first wrong line; from there on lines are only checked. */
  private long encode(TextLines reader, EmbeddingFormat.Writer writer) throws IOException {
    var problems = new Problems();
    long done = 0;
    var chunks = reader.chunks(CHUNK_LINES);
    // While a chunk is encoded, the next one is read and tokenised, and the one before is written.
    try (var ahead = new Prefetcher<>(
            number -> chunks.hasNext() ? parse(chunks.next()) : List.<Row>of(), 1, 1);
        var behind = new BackgroundWriter(writer)) {
      var rows = ahead.get(0);
      for (long next = 1; !rows.isEmpty() && !problems.isFull(); next++) {
        rows.stream().map(Row::problems).forEach(problems::fill);
        if (problems.isEmpty()) {
          var tokens = rows.stream().map(Row::tokens).toArray(int[][]::new);
          var ids = rows.stream().map(Row::id).toList();
          var embeddings = retriever.encode(kind, tokens, batches);
          checkFinite(ids, embeddings);
          behind.write(ids, embeddings);
          done += ids.size();
        }
        rows = ahead.get(next);
      }
      behind.await();
    } catch (InputException e) {
      problems.fill(e.problems());
    }
    problems.throwIfAny();
    return done;
  }

  private static void checkFinite(List<String> ids, Embeddings embeddings) {
    embeddings.firstNotFinite().ifPresent(row -> {
      throw new IllegalStateException(
          "the model gives text %s an embedding that is not finite, with which nothing can be compared: its weights are damaged or overflow"
              .formatted(ids.get(row)));
    });
  }

  private List<Row> parse(List<TextLines.Line> lines) {
    return lines.parallelStream().map(this::parse).toList();
  }

  private Row parse(TextLines.Line line) {
    try {
      return parse(line, line.object());
    } catch (InputException e) {
      return new Row("", new int[0], e.problems());
    }
  }

  private Row parse(TextLines.Line line, JsonNode node) {
    var problems = new ArrayList<String>();
    var key = IDS.stream().filter(name -> !isAbsent(node.path(name))).findFirst();
    var id = key.map(node::path);
    if (id.isPresent() && !id.get().isTextual() && !id.get().isIntegralNumber()) {
      problems.add(key.get() + " is neither a string nor a whole number");
    }
    var tokens = isAbsent(node.path("input_ids"))
        ? tokenize(node, problems)
        : tokens(node.path("input_ids"), problems);
    return new Row(
        id.map(value -> Tokenizer.wellFormed(value.asText()))
            .orElseGet(() -> Long.toString(line.number())),
        tokens,
        problems.stream().map(problem -> line.place() + ": " + problem).toList());
  }

  private int[] tokenize(JsonNode row, List<String> problems) {
    if (isAbsent(row.path("text"))) {
      problems.add("has neither text nor input_ids" + others(row));
      return new int[0];
    }
    var title = kind == TextKind.PASSAGE ? string(row, "title", problems) : "";
    var text = string(row, "text", problems);
    return problems.isEmpty()
        ? retriever.tokenize(kind, task, new Passage("", title, text).content())
        : new int[0];
  }

  private static String others(JsonNode row) {
    var names = new ArrayList<String>();
    row.fieldNames().forEachRemaining(names::add);
    return names.isEmpty() ? "" : ", only " + String.join(", ", names);
  }

  private static String string(JsonNode row, String key, List<String> problems) {
    var value = row.path(key);
    if (!isAbsent(value) && !value.isTextual()) {
      problems.add("%s is %s, expected a string".formatted(key, Json.describe(value)));
    }
    return value.asText("");
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
