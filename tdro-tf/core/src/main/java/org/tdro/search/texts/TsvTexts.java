package org.tdro.search.texts;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.tdro.io.InputException;
import org.tdro.io.TextLines;

/** Texts in fields separated by tabs. */
public enum TsvTexts implements TextFormat {
  /** Id and text: MS MARCO's collections and queries, MIRACL's and other topics. */
  PLAIN(2, "an id and a text"),
  /**
   * Id, text and title, below a header: DPR's {@code psgs_w100.tsv}, the passages of Wikipedia for Natural Questions. A field in double
   * quotes is read as in CSV, where a quote within is doubled.
   */
  DPR(3, "an id, a text and a title");

  private static final String HEADER = "id\ttext\ttitle";
  private static final Pattern TAB = Pattern.compile("\\t");

  private final int columns;
  private final String expected;

  TsvTexts(int columns, String expected) {
    this.columns = columns;
    this.expected = expected;
  }

  @Override
  public Reader open(Path file) {
    var lines = TextLines.open(file);
    return new Reader() {
      @Override
      public Text next() {
        var line = lines.next();
        if (TsvTexts.this == DPR
            && line != null
            && line.number() == 1
            && line.text().equals(HEADER)) {
          line = lines.next();
        }
        return line == null ? null : text(line);
      }

      @Override
      public void close() {
        lines.close();
      }
    };
  }

  private Text text(TextLines.Line line) {
    var fields = List.of(TAB.split(line.text(), -1));
    if (fields.size() != columns || fields.get(0).isBlank()) {
      throw new InputException("%s: expected %s separated by tabs, found %s"
          .formatted(
              line.place(),
              expected,
              fields.get(0).isBlank() ? "no id" : fields.size() + " fields"));
    }
    return new Text(
        line.place(),
        fields.get(0),
        columns == 3 ? field(fields.get(2)) : "",
        field(fields.get(1)));
  }

  private String field(String field) {
    return this == DPR && field.length() > 1 && field.startsWith("\"") && field.endsWith("\"")
        ? field.substring(1, field.length() - 1).replace("\"\"", "\"")
        : field;
  }
}
