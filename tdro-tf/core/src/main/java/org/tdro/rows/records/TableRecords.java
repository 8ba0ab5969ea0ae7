package org.tdro.rows.records;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.tdro.io.Compression;
import org.tdro.io.InputException;
import org.tdro.io.TextLines;

/** The rows of a table of texts, each with the names of the header. */
final class TableRecords implements Records {
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  /** Stands for bytes that are not UTF-8: half of a surrogate pair, which no UTF-8 decodes to on its own. */
  private static final char MALFORMED = '\uDFFF';

  /** The characters in which the separator is looked for. */
  private static final int LONGEST_HEADER = 1 << 16;

  private final Path file;
  private final CSVParser parser;
  private final Iterator<CSVRecord> rows;
  private List<String> header;

  private TableRecords(Path file, CSVParser parser) {
    this.file = file;
    this.parser = parser;
    this.rows = parser.iterator();
  }

  /**
   * Opens a file.
   *
   * @param separators of values; the header has the first of them that it holds
   */
  static Records open(Path file, String separators) {
    TableRecords records = null;
    try {
      var reader = reader(file);
      skipByteOrderMark(reader);
      char separator = separator(reader, separators);
      var format = CSVFormat.RFC4180
          .builder()
          .setDelimiter(separator)
          .setIgnoreEmptyLines(false)
          .get();
      records = new TableRecords(
          file, CSVParser.builder().setReader(reader).setFormat(format).get());
      records.readHeader();
      return records;
    } catch (NoSuchFileException e) {
      throw new InputException(file + ": there is no such file", e);
    } catch (IOException e) {
      throw new InputException(file + ":1: " + Compression.reason(file, e), e);
    } catch (InputException e) {
      if (records != null) {
        records.close();
      }
      throw e;
    }
  }

  private static BufferedReader reader(Path file) throws IOException {
    var bytes = new BufferedInputStream(Compression.read(file));
    try {
      bytes.mark(2);
      TextLines.refuseUtf16(file, bytes.readNBytes(2));
      bytes.reset();
    } catch (IOException | InputException e) {
      bytes.close();
      throw e;
    }
    return new BufferedReader(new InputStreamReader(
        bytes,
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .replaceWith(String.valueOf(MALFORMED))));
  }

  /** Before a quoted name it would make the quotes a part of it. */
  private static void skipByteOrderMark(BufferedReader reader) throws IOException {
    reader.mark(1);
    if (reader.read() != BYTE_ORDER_MARK) {
      reader.reset();
    }
  }

  /** Returns the separator of a file's values, of which the first line is looked at. */
  private static char separator(BufferedReader reader, String candidates) throws IOException {
    reader.mark(LONGEST_HEADER);
    var held = new HashSet<Character>();
    boolean isQuoted = false;
    for (int i = 0; i < LONGEST_HEADER; i++) {
      int next = reader.read();
      if (next < 0 || (!isQuoted && (next == '\n' || next == '\r'))) {
        break;
      }
      isQuoted ^= next == '"';
      if (!isQuoted) {
        held.add((char) next);
      }
    }
    reader.reset();
    return (char) candidates
        .chars()
        .filter(candidate -> held.contains((char) candidate))
        .findFirst()
        .orElse(candidates.charAt(0));
  }

  private void readHeader() {
    var first = nextRow();
    if (first == null) {
      header = List.of();
      return;
    }
    var problem = problem(first);
    if (problem.isPresent()) {
      throw new InputException(file + ":1: " + problem.get());
    }
    header = first.stream().map(String::strip).toList();
    var seen = new HashSet<String>();
    for (var name : header) {
      if (!seen.add(name)) {
        throw new InputException(
            "%s:1: the header names the column '%s' twice".formatted(file, name));
      }
    }
  }

  @Override
  public Unparsed next() {
    while (true) {
      long line = parser.getCurrentLineNumber() + 1;
      var row = nextRow();
      if (row == null) {
        return null;
      }
      // A blank line.
      if (row.size() == 1 && row.get(0).isEmpty()) {
        continue;
      }
      return new OfTable(file + ":" + line, header, row);
    }
  }

  /** Returns what is wrong with the characters of a row. */
  private static Optional<String> problem(CSVRecord row) {
    if (row.stream().anyMatch(TableRecords::isMalformed)) {
      return Optional.of(TextLines.NOT_UTF_8);
    }
    return row.stream().anyMatch(value -> value.indexOf('\0') >= 0)
        ? Optional.of("holds the character NUL, as no text does")
        : Optional.empty();
  }

  private static boolean isMalformed(String value) {
    for (int i = value.indexOf(MALFORMED); i >= 0; i = value.indexOf(MALFORMED, i + 1)) {
      if (i == 0 || !Character.isHighSurrogate(value.charAt(i - 1))) {
        return true;
      }
    }
    return false;
  }

  private record OfTable(String place, List<String> header, CSVRecord row) implements Unparsed {
    @Override
    public JsonNode value() {
      var problem = problem(row);
      if (problem.isPresent()) {
        throw new InputException(place + ": " + problem.get());
      }
      if (row.size() != header.size()) {
        throw new InputException("%s: has %d values, but the header names %d columns"
            .formatted(place, row.size(), header.size()));
      }
      var value = JsonNodeFactory.instance.objectNode();
      for (int i = 0; i < header.size(); i++) {
        value.put(header.get(i), row.get(i));
      }
      return value;
    }

    @Override
    public long length() {
      return row.stream().mapToLong(String::length).sum();
    }
  }

  private CSVRecord nextRow() {
    long line = parser.getCurrentLineNumber() + 1;
    try {
      return rows.hasNext() ? rows.next() : null;
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof CSVException) {
        throw new InputException(
            file + ":" + line
                + ": its quotes do not match, here or in one of the next lines, so it cannot be told where the next row begins; a quote within a quoted value is written twice");
      }
      throw new InputException(
          file + ":" + line + ": " + Compression.reason(file, e.getCause()), e);
    }
  }

  @Override
  public void close() {
    try {
      parser.close();
    } catch (IOException e) {
      throw new InputException(file + ": " + Compression.reason(file, e), e);
    }
  }
}
