package org.tdro.huggingface.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/**
 * A distribution of tensors over the files of a folder: {@code model.safetensors} if one is enough, else
 * {@code model-00001-of-00003.safetensors} and so on with an index, as {@link SafetensorsFolder} reads them.
 *
 * @param shards files in the order of their writing
 */
public record ShardPlan(List<Shard> shards) {
  /** Shard size of the transformers library, in bytes. */
  public static final long DEFAULT_SHARD_BYTES = 5_000_000_000L;

  /** A file and its tensors, in their order. */
  public record Shard(String file, List<TensorSpec> tensors) {
    public Shard {
      tensors = List.copyOf(tensors);
    }
  }

  public ShardPlan {
    shards = List.copyOf(shards);
  }

  /**
   * Plans shards that are filled one after the other. A tensor is never split: one that is larger than a shard has a file of its own.
   *
   * @param tensors in the order in which they will be written
   * @param maxShardBytes bytes of tensors that a shard may hold, its header not counted
   */
  public static ShardPlan of(List<TensorSpec> tensors, long maxShardBytes) {
    if (maxShardBytes < 1) {
      throw new IllegalArgumentException(
          "a shard of %d bytes holds nothing".formatted(maxShardBytes));
    }
    var groups = new ArrayList<List<TensorSpec>>();
    groups.add(new ArrayList<>());
    var room = maxShardBytes;
    for (var tensor : tensors) {
      if (tensor.bytes() > room && room < maxShardBytes) {
        groups.add(new ArrayList<>());
        room = maxShardBytes;
      }
      groups.get(groups.size() - 1).add(tensor);
      room -= tensor.bytes();
    }
    var shards = new ArrayList<Shard>();
    for (var group : groups) {
      shards.add(new Shard(fileName(shards.size(), groups.size()), group));
    }
    return new ShardPlan(shards);
  }

  /**
   * Writes the files, and the index if there are several. {@code source} is asked for one tensor after the other, in their order.
   *
   * @param folder an empty one, put in place by the caller, with {@code AtomicWrite.folder}
   * @throws IllegalArgumentException if a name is used twice, or if the source gives a tensor more bytes than it has, or fewer
   */
  public void write(Path folder, Source source) throws IOException {
    var weightMap = new TreeMap<String, String>();
    long totalSize = 0L;
    for (var shard : shards) {
      for (var tensor : shard.tensors()) {
        if (weightMap.put(tensor.name(), shard.file()) != null) {
          throw new IllegalArgumentException(TensorSpec.label(tensor.name()) + " is named twice");
        }
        totalSize += tensor.bytes();
      }
    }
    for (var shard : shards) {
      write(folder.resolve(shard.file()), shard.tensors(), source);
    }
    if (shards.size() > 1) {
      new ShardIndex(totalSize, weightMap).write(folder.resolve(ShardIndex.FILE));
    }
  }

  private static void write(Path file, List<TensorSpec> tensors, Source source) throws IOException {
    try (var writer = SafetensorsWriter.create(file, tensors, SafetensorsWriter.PYTORCH)) {
      for (var tensor : tensors) {
        source.write(tensor, bytes -> writer.write(tensor.name(), bytes));
      }
    }
  }

  private static String fileName(int index, int count) {
    return count == 1
        ? SafetensorsFolder.SINGLE
        : String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", index + 1, count);
  }

  /** A source of the values of tensors when they are written. */
  @FunctionalInterface
  public interface Source {
    /** Gives {@code sink} all bytes of a tensor, little-endian and in order, in as many pieces as it likes. */
    void write(TensorSpec tensor, Sink sink) throws IOException;

    /** Takes the bytes of one tensor. */
    @FunctionalInterface
    interface Sink {
      /** Takes what remains of {@code bytes}, which may be used again afterwards. */
      void write(ByteBuffer bytes) throws IOException;
    }
  }
}
