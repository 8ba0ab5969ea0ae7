package org.tdro.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.tdro.io.FileException;
import org.tdro.io.InputException;
import org.tdro.io.Problems;
import org.tdro.rows.Passage;

/** Embeddings in one or several files on disk, which may be larger than memory; rows are counted through all files. */
public final class EmbeddingShards {
  private static final String END = ".arrow";

  /** Rows that are searched at a time. */
  private static final int BLOCK = 8192;

  private final List<EmbeddingShard> shards;
  private final int dimension;
  /** The first row of each shard, followed by the number of rows. */
  private final long[] starts;

  private EmbeddingShards(List<EmbeddingShard> shards, int dimension) {
    this.shards = shards;
    this.dimension = dimension;
    this.starts = new long[shards.size() + 1];
    for (int i = 0; i < shards.size(); i++) {
      starts[i + 1] = starts[i] + shards.get(i).rows();
    }
  }

  /**
   * Maps a file, or the {@code .arrow} files of a folder in the order of their names.
   *
   * @throws InputException naming each that is damaged or has embeddings of another size, or if there is none
   */
  public static EmbeddingShards open(Path fileOrFolder) {
    if (!Files.isDirectory(fileOrFolder)) {
      return of(List.of(fileOrFolder));
    }
    try (var files = Files.list(fileOrFolder)) {
      var found = files
          .filter(file -> file.getFileName().toString().endsWith(END))
          .sorted()
          .toList();
      if (found.isEmpty()) {
        throw new InputException(fileOrFolder + ": holds no file of embeddings (*" + END + ")");
      }
      return of(found);
    } catch (IOException e) {
      throw FileException.reading(fileOrFolder, e);
    }
  }

  /**
   * Maps some files, at least one.
   *
   * @throws InputException naming each that is missing or damaged or has embeddings of another size
   */
  public static EmbeddingShards of(List<Path> files) {
    record Opened(Optional<EmbeddingShard> shard, List<String> problems) {}
    var opened = files.parallelStream()
        .map(file -> {
          try {
            return new Opened(Optional.of(EmbeddingShard.open(file)), List.of());
          } catch (InputException e) {
            return new Opened(Optional.empty(), e.problems());
          }
        })
        .toList();
    var problems = new Problems();
    opened.forEach(each -> problems.addAll(each.problems()));
    var shards = opened.stream().flatMap(each -> each.shard().stream()).toList();
    for (var shard : shards) {
      var first = shards.get(0);
      if (shard.dimension() != first.dimension()) {
        problems.add("%s: has embeddings of size %d, but %s of size %d"
            .formatted(shard.file(), shard.dimension(), first.file(), first.dimension()));
      }
    }
    problems.throwIfAny();
    return new EmbeddingShards(shards, shards.get(0).dimension());
  }

  /** The size of an embedding. */
  public int dimension() {
    return dimension;
  }

  /** The number of embeddings. */
  public long rows() {
    return starts[shards.size()];
  }

  /** The files. */
  public List<EmbeddingShard> shards() {
    return shards;
  }

  /** Reads all embeddings into memory. */
  public Embeddings embeddings() {
    var values = new float[Math.toIntExact(rows() * dimension)];
    for (int i = 0; i < shards.size(); i++) {
      var part = shards.get(i).embeddings(0, shards.get(i).rows()).values();
      System.arraycopy(part, 0, values, Math.toIntExact(starts[i] * dimension), part.length);
    }
    return new Embeddings(Math.toIntExact(rows()), dimension, values);
  }

  /**
   * Reads the passage of a row.
   *
   * @throws InputException if its file has no texts
   */
  public Passage passage(long row) {
    int shard = shard(row);
    return shards.get(shard).passage(row - starts[shard]);
  }

  /** Returns the number of the shard that holds a row. */
  private int shard(long row) {
    int found = Arrays.binarySearch(starts, row);
    while (found >= 0 && found < shards.size() && shards.get(found).rows() == 0) {
      found++;
    }
    return found >= 0 ? found : -found - 2;
  }

  /** Returns all embeddings in blocks, each read when it is asked for. */
  public Stream<DocumentEmbeddings> blocks() {
    return shards.stream().flatMap(EmbeddingShards::blocks);
  }

  private static Stream<DocumentEmbeddings> blocks(EmbeddingShard shard) {
    return LongStream.iterate(0, from -> from < shard.rows(), from -> from + BLOCK)
        .mapToObj(from -> {
          long to = Math.min(shard.rows(), from + BLOCK);
          return new DocumentEmbeddings(shard.ids(from, to), shard.embeddings(from, to));
        });
  }

  /** Reads the embedding of a row alone. */
  public Embeddings row(long row) {
    int shard = shard(row);
    return shards.get(shard).embeddings(row - starts[shard], row - starts[shard] + 1);
  }

  /**
   * Searches all embeddings, one block after the other.
   *
   * @throws InputException naming the file that has a vector with which nothing can be compared
   */
  public void search(ExactSearch search) {
    for (var shard : shards) {
      try {
        blocks(shard).forEach(block -> search.add(block.ids(), block.embeddings()));
      } catch (IllegalArgumentException e) {
        throw new InputException(shard.file() + ": " + e.getMessage(), e);
      }
    }
  }
}
