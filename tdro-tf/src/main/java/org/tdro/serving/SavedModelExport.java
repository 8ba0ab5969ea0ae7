package org.tdro.serving;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.tdro.files.AtomicWrite;
import org.tdro.files.TemporaryFolder;
import org.tdro.retrieval.Retriever;
import org.tdro.retrieval.RetrieverSettings;
import org.tdro.retrieval.StoredRetriever;
import org.tdro.retrieval.TextKind;
import org.tensorflow.proto.ConfigProto;

/**
 * Exports a trained retriever as a SavedModel with the signatures {@code encode_query} and {@code encode_passage}
 * ({@code input_ids}, {@code attention_mask} {@code [batch, length]} to {@code embedding [batch, dimension]}) and its
 * tokenizer in the assets. What was written is loaded by a fresh process and compared with the trained model before it is
 * put in place.
 */
public final class SavedModelExport {
  /** Scripts and lengths that differ, so that padding and unknown bytes are part of the check. */
  private static final List<String> SAMPLES = List.of(
      "a",
      "which city is the capital of France?",
      "Übermäßig lange Wörter sind in deutschen Gesetzestexten keine Seltenheit.",
      "東京は日本の首都です。",
      "El clima de la costa es templado y húmedo durante casi todo el año, con lluvias en otoño.");

  private static final long CHECK_MINUTES = 5;

  private final IdType idType;
  private final double tolerance;

  /**
   * An export with ids of that type.
   *
   * @param tolerance the largest difference between an exported and a trained embedding that is accepted
   */
  public SavedModelExport(IdType idType, double tolerance) {
    this.idType = idType;
    this.tolerance = tolerance;
  }

  /**
   * Writes the export of a retriever to a folder that must not exist yet.
   *
   * @param settings the stored ones or, for another size of embeddings, changed ones
   * @return the largest difference between an embedding of the export and of the trained model
   * @throws IllegalStateException if the export does not compute what was trained; nothing is left behind then
   */
  public double export(StoredRetriever stored, RetrieverSettings settings, Path output) {
    if (Files.exists(output)) {
      throw new IllegalArgumentException(
          output + " exists already; name another output folder or remove it");
    }
    var difference = new double[1];
    AtomicWrite.folder(output, beside -> {
      SavedModelWriter.write(stored, settings, idType, beside);
      var assets = Files.createDirectories(beside.resolve("assets"));
      copyTokenizer(stored, settings, assets.resolve("tokenizer.json"));
      difference[0] = check(stored, settings, beside);
      if (!(difference[0] <= tolerance)) {
        throw new IllegalStateException(
            "the exported model differs from the trained one by %s, more than %s; it was not put in place"
                .formatted(difference[0], tolerance));
      }
    });
    return difference[0];
  }

  private static void copyTokenizer(StoredRetriever stored, RetrieverSettings settings, Path target)
      throws IOException {
    var bytes = TemporaryFolder.with(scratch ->
        stored.tokenizer(settings.spec().pooling(), scratch).map(SavedModelExport::read));
    if (bytes.isPresent()) {
      Files.write(target, bytes.get());
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private double check(StoredRetriever stored, RetrieverSettings settings, Path savedModel)
      throws IOException {
    try (var retriever = Retriever.load(stored, settings, ConfigProto.getDefaultInstance())) {
      double largest = 0;
      // One process encodes under both signatures, so the texts fit the shorter of the two limits.
      var kind =
          settings.queryLength() <= settings.passageLength() ? TextKind.QUERY : TextKind.PASSAGE;
      var ids = retriever.tokenize(kind, "", SAMPLES);
      var exported = encodeElsewhere(savedModel, ids);
      int at = 0;
      for (var side : TextKind.values()) {
        for (float expected : retriever.encode(side, ids).values()) {
          double difference =
              at < exported.length ? Math.abs(exported[at++] - expected) : Double.NaN;
          largest =
              Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(largest, difference);
        }
      }
      if (at != exported.length) {
        throw new IllegalStateException(
            "the exported model returned %d numbers, not %d".formatted(exported.length, at));
      }
      return largest;
    }
  }

  private float[] encodeElsewhere(Path savedModel, int[][] texts) throws IOException {
    var ids = Files.createTempFile("tdro-export", ".ids");
    var embeddings = Files.createTempFile("tdro-export", ".floats");
    var messages = Files.createTempFile("tdro-export", ".log");
    try {
      Files.write(
          ids,
          Arrays.stream(texts)
              .map(row ->
                  Arrays.stream(row).mapToObj(Integer::toString).collect(Collectors.joining(" ")))
              .toList());
      var command = new ArrayList<String>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.add("-Dorg.bytedeco.javacpp.maxphysicalbytes=0");
      command.add("-Dorg.bytedeco.javacpp.maxbytes=0");
      command.addAll(
          List.of("-cp", System.getProperty("java.class.path"), ExportCheck.class.getName()));
      command.addAll(
          List.of(savedModel.toString(), idType.name(), ids.toString(), embeddings.toString()));
      run(command, messages);
      var bytes = ByteBuffer.wrap(Files.readAllBytes(embeddings)).order(ByteOrder.LITTLE_ENDIAN);
      var values = new float[bytes.remaining() / Float.BYTES];
      bytes.asFloatBuffer().get(values);
      return values;
    } finally {
      for (var file : List.of(ids, embeddings, messages)) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static void run(List<String> command, Path messages) throws IOException {
    var process = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(messages.toFile())
        .start();
    try {
      if (!process.waitFor(CHECK_MINUTES, TimeUnit.MINUTES)) {
        throw new IllegalStateException(
            "the process that checks the export did not end in " + CHECK_MINUTES + " minutes");
      }
      if (process.exitValue() != 0) {
        throw new IllegalStateException(
            "the exported model could not be loaded:\n" + Files.readString(messages));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the export was checked", e);
    } finally {
      process.destroyForcibly();
    }
  }
}
