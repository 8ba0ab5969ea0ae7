package org.tdro.rows;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.tdro.io.InputException;

/** Rows that are read one after the other and handed out in chunks. */
abstract class ChunkedRows implements RowSource {
  /** The characters at which a chunk of very long rows ends before it has all of its rows. */
  private static final int CHUNK_CHARACTERS = 1 << 26;

  /**
   * Returns the next row, or null at the end.
   *
   * @throws InputException naming what cannot be read
   */
  abstract Unparsed next();

  @Override
  public final Iterator<List<Unparsed>> chunks(int count) {
    return new Iterator<>() {
      private List<Unparsed> next = read(count);

      @Override
      public boolean hasNext() {
        return !next.isEmpty();
      }

      @Override
      public List<Unparsed> next() {
        if (next.isEmpty()) {
          throw new NoSuchElementException();
        }
        var chunk = next;
        next = read(count);
        return chunk;
      }
    };
  }

  private List<Unparsed> read(int count) {
    var rows = new ArrayList<Unparsed>(count);
    long characters = 0;
    while (rows.size() < count && characters < CHUNK_CHARACTERS) {
      var row = next();
      if (row == null) {
        break;
      }
      rows.add(row);
      characters += row.length();
    }
    return rows;
  }
}
