package org.tdro.rows;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.io.InputException;
import org.tdro.rows.records.FileKind;
import org.tdro.rows.records.Records;

/**
 * Rows that are each a record of a file; the form is that of the first record that is a row, and so is whether all have scores or none.
 */
final class RecordRows extends ChunkedRows {
  private static final String NOT_A_ROW = "its first record is not a row";
  private static final Logger LOG = LoggerFactory.getLogger(RecordRows.class);

  /** The records among which the first row is looked for; those before it are reported one by one. */
  private static final int LOOK_AHEAD = 100;

  private final Records records;
  private final Deque<Records.Unparsed> ahead;
  private final Optional<RowParser> parser;
  private final Optional<Documents> documents;

  private RecordRows(
      Records records,
      Deque<Records.Unparsed> ahead,
      Optional<RowParser> parser,
      Optional<Documents> documents) {
    this.records = records;
    this.ahead = ahead;
    this.parser = parser;
    this.documents = documents;
  }

  /**
   * Opens the parts of one file of rows.
   *
   * @param source the file, or the folder of its parts
   * @throws InputException if it cannot be read, or its documents are missing
   */
  static RowSource open(Path source, List<Path> parts, RowOptions options) {
    var records = Records.open(parts);
    Documents documents = null;
    try {
      var ahead = new ArrayDeque<Records.Unparsed>();
      var form = recognised(records, options, ahead);
      if (form.isEmpty()) {
        refuseUnknown(ahead, parts, options);
      }
      form.filter(known -> options.columns().isEmpty() && known.format() != RowFormat.TEVATRON)
          .ifPresent(known -> LOG.info("{}: rows of the form {}", source, known.format()));
      if (form.filter(RecordRows::isById).isPresent()) {
        documents = Documents.of(collectionBeside(source));
      }
      var found = Optional.ofNullable(documents);
      return new RecordRows(
          records,
          ahead,
          form.map(known -> new RowParser(known, found))
              .map(parser -> likeFirst(parser, records, ahead)),
          found);
    } catch (RuntimeException e) {
      if (documents != null) {
        documents.close();
      }
      records.close();
      throw e;
    }
  }

  private static Optional<RowForm> recognised(
      Records records, RowOptions options, Deque<Records.Unparsed> ahead) {
    while (ahead.size() < LOOK_AHEAD) {
      var next = records.next();
      if (next == null) {
        break;
      }
      ahead.add(next);
      var form = value(next)
          .flatMap(record -> RowForm.of(record, options).filter(known -> known.isIn(record)));
      if (form.isPresent()) {
        return form;
      }
    }
    return Optional.empty();
  }

  /** Returns a record; nothing if it is malformed, which is reported when it is parsed as a row. */
  private static Optional<JsonNode> value(Records.Unparsed record) {
    try {
      return Optional.of(record.value());
    } catch (InputException e) {
      return Optional.empty();
    }
  }

  /** Says once, not of each record, that they are not rows. */
  private static void refuseUnknown(
      Deque<Records.Unparsed> records, List<Path> parts, RowOptions options) {
    for (var record : records) {
      var value = value(record);
      if (value.isPresent()) {
        var isTable = FileKind.of(parts.get(0))
            .filter(kind -> kind == FileKind.CSV || kind == FileKind.TSV)
            .isPresent();
        throw new InputException(record.place() + ": "
            + RowForm.refusal(value.get(), options)
            + (isTable
                ? "; if these are values, write a header before them, such as query,positive"
                : "")
            + (records.size() == 1
                ? ""
                : "; none of the first %d records is a row".formatted(records.size())));
      }
    }
  }

  /** Returns a parser of rows that have scores if the first that is well-formed has. */
  private static RowParser likeFirst(
      RowParser parser, Records records, Deque<Records.Unparsed> ahead) {
    var record = ahead.peekLast();
    while (record != null) {
      try {
        return parser.like(parser.parse(record.value(), record.place()), record.place());
      } catch (InputException e) {
        // Reported when it is read as a row.
      }
      record = ahead.size() < LOOK_AHEAD ? records.next() : null;
      if (record != null) {
        ahead.add(record);
      }
    }
    return parser;
  }

  /** Returns the form of the rows of some files; nothing if none of the first records is a row, or can be read. */
  static Optional<RowForm> form(List<Path> parts, RowOptions options) {
    try (var records = Records.open(parts)) {
      return recognised(records, options, new ArrayDeque<>());
    } catch (InputException e) {
      return Optional.empty();
    }
  }

  /**
   * Returns why a file is not one of rows, as far as its first record tells; nothing if that is a row, or was meant to be one.
   *
   * @throws InputException if it cannot be read
   */
  static Optional<String> reasonToSkip(Path file, RowOptions options) {
    try (var records = Records.open(file)) {
      var first = records.next();
      if (first == null) {
        return Optional.of("holds no records");
      }
      return RowForm.isRow(first.value(), options) ? Optional.empty() : Optional.of(NOT_A_ROW);
    } catch (InputException e) {
      // A settings file of several lines is no list of records, and need not be one.
      if (FileKind.of(file).orElseThrow() == FileKind.JSON) {
        return Optional.of(NOT_A_ROW);
      }
      throw e;
    }
  }

  private static boolean isById(RowForm form) {
    return form.items() == RowForm.Items.IDS;
  }

  /** Returns the files that rows are made from. */
  static List<Path> files(Path source, List<Path> parts, RowOptions options) {
    return form(parts, options).filter(RecordRows::isById).isPresent()
        ? Stream.concat(parts.stream(), Stream.of(collectionBeside(source))).toList()
        : parts;
  }

  private static Path collectionBeside(Path source) {
    var folder = Files.isDirectory(source) ? source : source.toAbsolutePath().getParent();
    return RowFolder.collection(folder)
        .orElseThrow(
            () -> new InputException(
                source
                    + ": its rows name documents by id, but there is no corpus.jsonl, corpus.parquet or corpus.tsv beside it"));
  }

  @Override
  Unparsed next() {
    var record = ahead.isEmpty() ? records.next() : ahead.remove();
    return record == null ? null : new Row(record, parser);
  }

  private record Row(Records.Unparsed record, Optional<RowParser> parser) implements Unparsed {
    @Override
    public String place() {
      return record.place();
    }

    @Override
    public TrainingRow parse() {
      var value = record.value();
      return parser
          .orElseThrow(() -> new InputException(
              record.place() + ": " + RowForm.refusal(value, RowOptions.RECOGNISE)))
          .parse(value, record.place());
    }

    @Override
    public long length() {
      return record.length();
    }
  }

  @Override
  public void close() {
    documents.ifPresent(Documents::close);
    records.close();
  }
}
