package org.tdro.rows;

import java.util.Iterator;
import java.util.List;
import org.tdro.io.TextLines;

/** Rows in the training format of Tevatron and tDRO, one JSON object per line. */
record JsonLinesRows(TextLines lines) implements RowSource {
  private record Row(TextLines.Line line) implements Unparsed {
    @Override
    public String place() {
      return line.place();
    }

    @Override
    public TrainingRow parse() {
      return TrainingRow.parse(line);
    }
  }

  @Override
  public Iterator<List<Unparsed>> chunks(int count) {
    var chunks = lines.chunks(count);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return chunks.hasNext();
      }

      @Override
      public List<Unparsed> next() {
        return chunks.next().stream().<Unparsed>map(Row::new).toList();
      }
    };
  }

  @Override
  public void close() {
    lines.close();
  }
}
