package org.tdro.rows.records;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.tdro.io.Compression;
import org.tdro.io.InputException;

/** The rows of a table of texts, each with the names of the header. */
final class TableRecords implements Records {
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final Path file;
  private final CSVParser parser;
  private final Iterator<CSVRecord> rows;
  private List<String> header;

  private TableRecords(Path file, CSVParser parser) {
    this.file = file;
    this.parser = parser;
    this.rows = parser.iterator();
  }

  static Records open(Path file, char separator) {
    TableRecords records = null;
    try {
      // Malformed bytes are an error: a decoder that replaces them would change texts.
      var reader = new BufferedReader(
          new InputStreamReader(Compression.read(file), StandardCharsets.UTF_8.newDecoder()));
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

  private void readHeader() {
    var first = nextRow();
    if (first == null) {
      header = List.of();
      return;
    }
    var names = first.values();
    names[0] = names[0].startsWith(BYTE_ORDER_MARK) ? names[0].substring(1) : names[0];
    header = Arrays.stream(names).map(String::strip).toList();
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

  private record OfTable(String place, List<String> header, CSVRecord row) implements Unparsed {
    @Override
    public JsonNode value() {
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
      throw new InputException(
          file + ":" + line + ": "
              + (e.getCause() instanceof MalformedInputException
                  ? "is not valid UTF-8, here or in one of the next lines"
                  : isQuoting(e)
                      ? "its quotes do not match, here or in one of the next lines; a quote within a quoted value is written twice"
                      : Compression.reason(file, e.getCause())),
          e);
    }
  }

  private static boolean isQuoting(UncheckedIOException e) {
    return e.getCause() instanceof CSVException;
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
