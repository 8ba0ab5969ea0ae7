package org.tdro.search.lucene;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.BytesRef;
import org.tdro.io.AtomicWrite;
import org.tdro.io.FileException;
import org.tdro.io.InputException;

/**
 * An index of one segment, with documents in descending order of their ids. Lucene prefers the earlier document where scores are equal, so
 * it ranks as {@link org.tdro.search.ScoredDocument#RANKING} does, and what it finds does not depend on the order in which documents came.
 */
final class SortedIndex implements AutoCloseable {
  private static final String ID = "_id";
  private static final String ROW = "row";
  private static final String KIND = "kind";

  /** Counted up when every document has other fields. */
  private static final String FORM = "2 ";

  private final Path folder;
  private final DirectoryReader reader;

  private SortedIndex(Path folder, DirectoryReader reader) {
    this.folder = folder;
    this.reader = reader;
  }

  /** Adds documents to an index. */
  @FunctionalInterface
  interface Body {
    void addTo(Documents documents) throws IOException;
  }

  /** The documents of an index that is being written. */
  static final class Documents {
    private final IndexWriter writer;
    private long rows;

    private Documents(IndexWriter writer) {
      this.writer = writer;
    }

    /** Adds a document. */
    void add(String id, IndexableField... fields) throws IOException {
      var document = new Document();
      document.add(new SortedDocValuesField(ID, new BytesRef(id)));
      document.add(new NumericDocValuesField(ROW, rows++));
      for (var field : fields) {
        document.add(field);
      }
      writer.addDocument(document);
    }
  }

  /**
   * Writes a new index, which replaces the one that is there.
   *
   * @param kind names the format, and is asked for by {@link #open}
   * @param facts what else is kept beside the documents
   * @throws InputException if there are no documents, or two of the same id
   */
  static void write(
      Path folder, String kind, IndexWriterConfig config, Map<String, String> facts, Body body) {
    config
        .setIndexSort(new Sort(new SortField(ID, SortField.Type.STRING, true)))
        .setMergeScheduler(new SerialMergeScheduler())
        .setUseCompoundFile(false)
        .setCommitOnClose(false);
    AtomicWrite.folder(folder, beside -> {
      try (var directory = FSDirectory.open(beside)) {
        try (var writer = new IndexWriter(directory, config)) {
          body.addTo(new Documents(writer));
          writer.forceMerge(1);
          var data = new TreeMap<>(facts);
          data.put(KIND, FORM + kind);
          writer.setLiveCommitData(data.entrySet());
          writer.commit();
        }
        try (var written = new SortedIndex(folder, DirectoryReader.open(directory))) {
          written.check();
        }
        // Nobody writes to it again.
        Files.deleteIfExists(beside.resolve(IndexWriter.WRITE_LOCK_NAME));
      }
    });
  }

  /**
   * Opens an index that {@link #write} made.
   *
   * @throws InputException if there is none, or one of another kind
   */
  static SortedIndex open(Path folder, String kind) {
    AtomicWrite.settle(folder);
    if (!Files.isDirectory(folder)) {
      throw new InputException(folder + ": no such folder");
    }
    try {
      // The reader closes the directory's files; the directory itself holds none.
      var reader = DirectoryReader.open(FSDirectory.open(folder));
      var found = reader.getIndexCommit().getUserData().get(KIND);
      if (!(FORM + kind).equals(found)) {
        reader.close();
        throw new InputException("%s: is an index of the kind %s, not %s; write it again"
            .formatted(folder, found, FORM + kind));
      }
      return new SortedIndex(folder, reader);
    } catch (IndexNotFoundException e) {
      throw new InputException(folder + ": holds no index");
    } catch (CorruptIndexException | EOFException | NoSuchFileException e) {
      // Lucene's words tell of its files and numbers.
      throw new InputException(
          folder + ": the index is damaged, a file is missing or was changed; write it again", e);
    } catch (IOException e) {
      throw FileException.reading(folder, e);
    }
  }

  private void check() throws IOException {
    if (reader.leaves().isEmpty()) {
      throw new InputException(folder + ": there are no documents to index");
    }
    var ids = ids();
    if (ids.getValueCount() < size()) {
      int before = -1;
      for (int document = 0; ids.advanceExact(document); document++) {
        if (ids.ordValue() == before) {
          throw new InputException("%s: document '%s' was added twice"
              .formatted(folder, ids.lookupOrd(before).utf8ToString()));
        }
        before = ids.ordValue();
      }
    }
  }

  /** Returns a fact that was kept beside the documents. */
  String fact(String name) {
    try {
      return reader.getIndexCommit().getUserData().get(name);
    } catch (IOException e) {
      throw FileException.reading(folder, e);
    }
  }

  Path folder() {
    return folder;
  }

  DirectoryReader reader() {
    return reader;
  }

  LeafReader segment() {
    return reader.leaves().get(0).reader();
  }

  int size() {
    return reader.maxDoc();
  }

  /** Returns the id of a document by its number. Each thread needs ids of its own. */
  SortedDocValues ids() throws IOException {
    return segment().getSortedDocValues(ID);
  }

  /** Returns the id of a document. */
  String id(SortedDocValues ids, int document) throws IOException {
    return ids.lookupOrd(size() - 1 - document).utf8ToString();
  }

  /** Returns the number of the document of an id; negative if there is none. */
  int document(String id) throws IOException {
    int ordinal = ids().lookupTerm(new BytesRef(id));
    return ordinal < 0 ? -1 : size() - 1 - ordinal;
  }

  /**
   * Returns the row of a document, its place among those that were added, from 0.
   *
   * @throws IllegalArgumentException if it is not there
   */
  long row(String id) {
    try {
      int document = document(id);
      var rows = segment().getNumericDocValues(ROW);
      if (document < 0 || !rows.advanceExact(document)) {
        throw new IllegalArgumentException(folder + ": there is no document '" + id + "'");
      }
      return rows.longValue();
    } catch (IOException e) {
      throw FileException.reading(folder, e);
    }
  }

  /** Returns the size of the files with an extension. */
  long bytes(String extension) {
    try (var files = Files.list(folder)) {
      long bytes = 0;
      for (var file :
          files.filter(path -> path.toString().endsWith("." + extension)).toList()) {
        bytes += Files.size(file);
      }
      return bytes;
    } catch (IOException e) {
      throw FileException.reading(folder, e);
    }
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw FileException.reading(folder, e);
    }
  }
}
