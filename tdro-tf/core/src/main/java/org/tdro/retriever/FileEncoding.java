package org.tdro.retriever;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;
import org.tdro.io.AtomicWrite;
import org.tdro.io.InputException;
import org.tdro.io.Problems;
import org.tdro.io.TextLines;
import org.tdro.search.EmbeddingFormat;
import org.tdro.search.EmbeddingWriter;
import org.tdro.text.TextKind;

/**
 * Encodes a file of texts into a file of embeddings, in the order of its lines. Works on some thousand lines at a time, so
 * memory does not grow with the file.
 */
public final class FileEncoding {
  private static final int CHUNK_LINES = 4096;

  private final Retriever retriever;
  private final TextKind kind;
  private final EncodingInput input;
  private final TokenEncoding batches;

  private record Parsed(EncodingInput.Row row, List<String> problems) {}

  /**
   * An encoding of texts of one kind.
   *
   * @param task whose prompts are put around the texts; one without prompts leaves them as they are
   * @param batches how the texts of a chunk are batched
   */
  public FileEncoding(Retriever retriever, TextKind kind, String task, TokenEncoding batches) {
    this.retriever = retriever;
    this.kind = kind;
    this.input = new EncodingInput(retriever, kind, task);
    this.batches = batches;
  }

  /**
   * Encodes {@code source}: a JSON object a line with {@code text} (a passage's also {@code title}) or {@code input_ids},
   * and {@code _id}; decompressed if it is called {@code .gz}.
   *
   * @param target a file in the {@link EmbeddingFormat} of its name, replaced once the new one is complete
   * @param progress told the number of texts done so far
   * @return number of texts
   * @throws InputException listing the first {@value Problems#SHOWN} wrong lines; nothing is written then
   * @throws IllegalArgumentException if the name of {@code target} says no format
   * @throws UncheckedIOException if the target cannot be written
   */
  public long run(Path source, Path target, LongConsumer progress) {
    var format = EmbeddingFormat.of(target);
    var done = new long[1];
    try (var reader = TextLines.open(source)) {
      AtomicWrite.file(target, beside -> {
        try (var writer = format.open(beside, retriever.settings().spec().dimension())) {
          done[0] = encode(reader, writer, progress);
          writer.finish();
        }
      });
    }
    return done[0];
  }

  /** After the first wrong line nothing more is encoded, but further wrong ones are looked for. */
  private long encode(TextLines reader, EmbeddingWriter writer, LongConsumer progress)
      throws IOException {
    var problems = new Problems();
    long done = 0;
    try {
      var chunks = reader.chunks(CHUNK_LINES);
      while (chunks.hasNext() && !problems.isFull()) {
        var rows = parse(chunks.next(), problems);
        if (problems.isEmpty()) {
          var tokens = rows.stream().map(EncodingInput.Row::tokens).toArray(int[][]::new);
          var ids = rows.stream().map(EncodingInput.Row::id).toList();
          writer.write(ids, retriever.encode(kind, tokens, batches));
          done += ids.size();
          progress.accept(done);
        }
      }
    } catch (InputException e) {
      problems.fill(e.problems());
    }
    problems.throwIfAny();
    return done;
  }

  private List<EncodingInput.Row> parse(List<TextLines.Line> lines, Problems problems) {
    var parsed = lines.parallelStream().map(this::parse).toList();
    parsed.forEach(line -> problems.fill(line.problems()));
    return parsed.stream().map(Parsed::row).toList();
  }

  private Parsed parse(TextLines.Line line) {
    try {
      return new Parsed(input.read(line), List.of());
    } catch (InputException e) {
      return new Parsed(null, e.problems());
    }
  }
}
