package org.tdro.rows;

import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import org.tdro.io.InputException;
import org.tdro.io.TextLines;
import org.tdro.rows.records.FileKind;

/** Rows of MS MARCO's triples, a query, a positive and a negative on each line, separated by tabs: texts, or ids of them. */
final class TripleRows extends ChunkedRows {
  private static final int FIELDS = 3;

  private final Path file;
  private final TextLines lines;
  private final BiFunction<TextLines.Line, String[], TrainingRow> parser;
  private final List<Documents> owned;

  private TripleRows(
      Path file, BiFunction<TextLines.Line, String[], TrainingRow> parser, List<Documents> owned) {
    this.file = file;
    this.lines = TextLines.open(file);
    this.parser = parser;
    this.owned = owned;
  }

  /** Returns whether a file holds triples of texts, which have no header: so its name says, or a user. */
  static boolean isOne(Path file, RowOptions options) {
    return options
        .format()
        .map(RowFormat.MSMARCO_TRIPLES::equals)
        .orElse(FileKind.of(file).orElse(null) == FileKind.TSV
            && options.columns().isEmpty()
            && file.getFileName().toString().toLowerCase(Locale.ROOT).startsWith("triples"));
  }

  /** Opens triples of texts. */
  static RowSource ofTexts(Path file) {
    return new TripleRows(file, TripleRows::texts, List.of());
  }

  /** Opens triples of ids; closes queries and documents with them, or if that fails. */
  static RowSource ofIds(Path file, Documents queries, Documents documents) {
    try {
      return new TripleRows(
          file, (line, ids) -> joined(line, ids, queries, documents), List.of(queries, documents));
    } catch (RuntimeException e) {
      queries.close();
      documents.close();
      throw e;
    }
  }

  private static TrainingRow texts(TextLines.Line line, String[] texts) {
    for (var text : texts) {
      if (text.isBlank()) {
        throw new InputException(line.place() + ": one of its three texts is empty");
      }
    }
    return new TrainingRow(
        RowParser.idOf(texts[0]),
        texts[0],
        List.of(new Passage("", "", texts[1])),
        List.of(new Passage("", "", texts[2])),
        Optional.empty());
  }

  private static TrainingRow joined(
      TextLines.Line line, String[] ids, Documents queries, Documents documents) {
    var problems = new ArrayList<String>();
    var query = found(queries, ids[0], "query", line, problems);
    var positive = found(documents, ids[1], "document", line, problems);
    var negative = found(documents, ids[2], "document", line, problems);
    if (!problems.isEmpty()) {
      throw new InputException(problems);
    }
    return new TrainingRow(
        ids[0], query.text(), List.of(positive), List.of(negative), Optional.empty());
  }

  private static Passage found(
      Documents in, String id, String what, TextLines.Line line, List<String> problems) {
    var found = in.find(id);
    if (found.isEmpty()) {
      problems.add("%s: the %s %s is not in %s".formatted(line.place(), what, id, in.file()));
    } else if (found.get().content().isBlank()) {
      problems.add("%s: the %s %s has no text".formatted(line.place(), what, id));
    }
    return found.orElse(null);
  }

  @Override
  Unparsed next() {
    try {
      var line = lines.next();
      return line == null ? null : new Row(line);
    } catch (InputException e) {
      if (e.getCause() instanceof CharacterCodingException) {
        return new Unreadable(file + ":" + lines.number(), e);
      }
      throw e;
    }
  }

  /** A line that is not UTF-8; those after it are read. */
  private record Unreadable(String place, InputException problem) implements Unparsed {
    @Override
    public TrainingRow parse() {
      throw problem;
    }

    @Override
    public long length() {
      return 0;
    }
  }

  private final class Row implements Unparsed {
    private final TextLines.Line line;

    Row(TextLines.Line line) {
      this.line = line;
    }

    @Override
    public String place() {
      return line.place();
    }

    @Override
    public long length() {
      return line.text().length();
    }

    @Override
    public TrainingRow parse() {
      var fields = line.text().split("\t", -1);
      if (fields.length != FIELDS) {
        throw new InputException(
            "%s: has %d values separated by tabs, expected three, query, positive and negative"
                .formatted(line.place(), fields.length));
      }
      return parser.apply(line, fields);
    }
  }

  @Override
  public void close() {
    lines.close();
    owned.forEach(Documents::close);
  }
}
