package org.tdro.retriever.index;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.tdro.io.FileException;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.Sha256;
import org.tdro.retriever.Retriever;
import org.tdro.search.lucene.Bm25;
import org.tdro.search.lucene.Bm25Index;
import org.tdro.search.lucene.Hnsw;
import org.tdro.search.texts.CorpusFile;
import org.tdro.text.TextKind;

/**
 * What an index was made from, and what it holds: the content of its {@code index.json}.
 *
 * @param version of the form of the folder
 * @param corpus the documents
 * @param model the retriever that encoded the documents, and that encodes queries; null without embeddings
 * @param hnsw the graph of neighbours, and how it is searched; null without one
 * @param bm25 the index of words, and how it ranks; null without one
 * @param files all other files, those of documents first
 */
public record IndexFacts(
    int version,
    Documents corpus,
    @JsonSetter(nulls = Nulls.SET) Model model,
    @JsonSetter(nulls = Nulls.SET) Hnsw hnsw,
    @JsonSetter(nulls = Nulls.SET) Words bm25,
    List<StoredFile> files) {
  /** Counted up when the folder has another form, or documents are encoded in another way. */
  static final int VERSION = 2;

  public IndexFacts {
    files = List.copyOf(files);
    if (hnsw != null && model == null) {
      throw new IllegalArgumentException("a graph of neighbours needs embeddings");
    }
  }

  /**
   * A retriever.
   *
   * @param path its folder
   * @param task whose prompts were put around the documents; empty for those of all texts
   * @param passages a hash of what the embeddings of documents follow from
   * @param queries a hash of what the embeddings of queries follow from, with the prompts of the same task
   * @param prompt what was put around every document
   * @param passageLength longer documents were cut, in tokens
   * @param queryLength longer queries are cut, in tokens
   * @param pooling of the vectors of the tokens
   * @param normalize whether embeddings have length 1
   * @param dimension size of an embedding
   * @param precision of an embedding's numbers
   */
  public record Model(
      String path,
      String task,
      String passages,
      String queries,
      String prompt,
      int passageLength,
      int queryLength,
      String pooling,
      boolean normalize,
      int dimension,
      String precision) {
    /** Returns the facts of a retriever that lies in a folder. */
    static Model of(Retriever retriever, Path from, String task) {
      var settings = retriever.settings();
      return new Model(
          from.toAbsolutePath().normalize().toString(),
          task,
          retriever.fingerprint(TextKind.PASSAGE, task),
          retriever.fingerprint(TextKind.QUERY, task),
          settings.prompts().of(TextKind.PASSAGE, task).template(),
          settings.maxLength(TextKind.PASSAGE),
          settings.maxLength(TextKind.QUERY),
          settings.spec().pooling().name().toLowerCase(Locale.ROOT),
          settings.spec().normalize(),
          settings.spec().dimension(),
          "float32");
    }

    /** Whether embeddings of one are those of the other, wherever the retriever lies. */
    boolean isSame(Model other) {
      return passages.equals(other.passages) && queries.equals(other.queries);
    }

    /** Returns in words what settings differ from those of another; empty if only weights or tokenizers do. */
    String difference(Model now) {
      var differences = new ArrayList<String>();
      difference("dimension", dimension, now.dimension, differences);
      difference("pooling", pooling, now.pooling, differences);
      difference("normalize", normalize, now.normalize, differences);
      difference("passage length", passageLength, now.passageLength, differences);
      difference("query length", queryLength, now.queryLength, differences);
      difference("prompt", prompt, now.prompt, differences);
      return differences.isEmpty() ? "" : " (" + String.join(", ", differences) + ")";
    }

    private static void difference(String name, Object then, Object now, List<String> all) {
      if (!then.equals(now)) {
        all.add("%s was %s and is %s".formatted(name, then, now));
      }
    }
  }

  /**
   * An index of words.
   *
   * @param version of its form and of what a word is
   * @param parameters what it ranks by, unless others are given
   */
  public record Words(String version, Bm25 parameters) {
    static Words of(Bm25 parameters) {
      return new Words(Bm25Index.VERSION, parameters);
    }
  }

  /**
   * The documents.
   *
   * @param path their file
   * @param content a hash of ids, titles and texts, in their order
   * @param documents their number
   */
  public record Documents(String path, String content, long documents) {
    /** Returns the facts of a corpus that was checked. */
    static Documents of(CorpusFile corpus, CorpusFile.Facts facts) {
      return new Documents(
          corpus.file().toAbsolutePath().normalize().toString(), facts.content(), facts.size());
    }
  }

  /**
   * A file of the index.
   *
   * @param file its path from the folder of the index
   * @param bytes its size
   * @param sha256 a hash of its content
   */
  public record StoredFile(String file, long bytes, String sha256) {
    /** Returns the facts of a file as it is now. */
    static StoredFile of(Path folder, Path file) {
      var name = folder.relativize(file).toString().replace('\\', '/');
      return new StoredFile(name, size(file), Sha256.of(file));
    }

    private static long size(Path file) {
      try {
        return Files.size(file);
      } catch (IOException e) {
        throw FileException.reading(file, e);
      }
    }

    /** Returns what is wrong with the size of the file in words; empty if it is as it was. */
    String wrongSize(Path folder) {
      var place = folder.resolve(file);
      if (!Files.isRegularFile(place)) {
        return "it is missing";
      }
      long found = size(place);
      return found == bytes ? "" : "has " + found + " of " + bytes + " bytes";
    }

    /** Whether the file is as it was written; reads the whole of it. */
    boolean isWhole(Path folder) {
      return wrongSize(folder).isEmpty() && Sha256.of(folder.resolve(file)).equals(sha256);
    }
  }

  /**
   * Reads the facts of an index.
   *
   * @param remedy what to do if the file is damaged or of another version, for the message
   */
  static IndexFacts read(Path file, String remedy) {
    int version;
    try {
      version = Json.read(file).path("version").asInt();
      if (version == VERSION) {
        return Json.read(file, IndexFacts.class);
      }
    } catch (InputException e) {
      throw new InputException("%s: is damaged; %s".formatted(file, remedy), e);
    }
    throw new InputException("%s: is of version %d, and only %d is read here; %s"
        .formatted(file, version, VERSION, remedy));
  }

  /** Whether the files of one are those of the other: what documents, embeddings, graph and words follow from is the same. */
  boolean isSame(IndexFacts other) {
    return corpus.content().equals(other.corpus.content())
        && (model == null) == (other.model == null)
        && (model == null || model.isSame(other.model))
        && (hnsw == null) == (other.hnsw == null)
        && (hnsw == null || hnsw.isBuiltLike(other.hnsw))
        && (bm25 == null) == (other.bm25 == null)
        && (bm25 == null || bm25.version().equals(other.bm25.version()));
  }

  /** Returns the files in a folder of the index. */
  List<StoredFile> files(String part) {
    return files.stream().filter(file -> Path.of(file.file()).startsWith(part)).toList();
  }

  /** Returns the size of an embedding; 0 without embeddings. */
  int dimension() {
    return model == null ? 0 : model.dimension();
  }

  /** Returns the same with other files. */
  IndexFacts with(List<StoredFile> written) {
    return new IndexFacts(version, corpus, model, hnsw, bm25, written);
  }
}
