package org.tdro.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.tdro.data.TokenMatrix;
import org.tdro.io.AtomicWrite;
import org.tdro.io.Json;
import org.tdro.serving.client.IdType;
import org.tdro.serving.client.RetrieverAssets;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;

/**
 * The check of an export: a process of its own, which knows nothing of the trained model, loads the SavedModel with TensorFlow's
 * plain loader, calls every signature and takes the time.
 */
public final class ExportCheck {
  private static final long MOST_MINUTES = 15;
  private static final int MOST_RUNS = 9;
  private static final long ENOUGH_NANOS = 3_000_000_000L;
  private static final double NANOS_PER_MILLISECOND = 1e6;

  private final SavedModelBundle bundle;
  private final IdType type;

  private ExportCheck(SavedModelBundle bundle, IdType type) {
    this.bundle = bundle;
    this.type = type;
  }

  /**
   * The request of a check.
   *
   * @param texts token ids of each text
   * @param strings values of the inputs of each signature that takes strings
   * @param tokens of each text in the batches whose time is taken
   */
  @SuppressWarnings("ArrayRecordComponent") // written to a file, never compared
  record Request(
      String savedModel,
      int[][] texts,
      Map<String, Map<String, List<String>>> strings,
      int tokens) {
    void write(Path file) {
      Json.write(file, this);
    }
  }

  /**
   * The result of a check.
   *
   * @param embeddings of the texts, by signature
   * @param ids of the texts given as strings, by signature
   * @param scores of every text as a query with every text as a passage
   * @param milliseconds by number of texts in a batch
   */
  @SuppressWarnings("ArrayRecordComponent") // read from a file, never compared
  record Result(
      Map<String, float[][]> embeddings,
      Map<String, int[][]> ids,
      float[][] scores,
      SortedMap<Integer, Double> milliseconds) {
    static Result read(Path file) {
      return Json.read(file, Result.class);
    }
  }

  /**
   * Runs the check in a process of its own.
   *
   * @throws IllegalStateException with the process's messages if it fails
   */
  static Result inFreshProcess(Request request) throws IOException {
    var folder = Files.createTempDirectory("tdro-export");
    try {
      var question = folder.resolve("request.json");
      var answer = folder.resolve("result.json");
      request.write(question);
      run(
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
              "-Dorg.bytedeco.javacpp.maxbytes=0",
              "-cp",
              System.getProperty("java.class.path"),
              ExportCheck.class.getName(),
              question.toString(),
              answer.toString()),
          folder.resolve("messages"));
      return Result.read(answer);
    } finally {
      AtomicWrite.delete(folder);
    }
  }

  private static void run(List<String> command, Path messages) throws IOException {
    var process = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(messages.toFile())
        .start();
    try {
      if (!process.waitFor(MOST_MINUTES, TimeUnit.MINUTES)) {
        throw new IllegalStateException(
            "the process that checks the export did not end in " + MOST_MINUTES + " minutes");
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

  /** Runs the check: takes the file of a {@link Request} and writes that of a {@link Result}. */
  public static void main(String[] arguments) {
    var request = Json.read(Path.of(arguments[0]), Request.class);
    var type = RetrieverAssets.read(Path.of(request.savedModel())).idType();
    try (var bundle = SavedModelBundle.load(request.savedModel(), "serve")) {
      Json.write(Path.of(arguments[1]), new ExportCheck(bundle, type).answer(request));
    }
  }

  private Result answer(Request request) {
    var embeddings = new LinkedHashMap<String, float[][]>();
    for (var signature : RetrieverSignatures.ENCODING) {
      if (inputs(signature).containsKey(RetrieverSignatures.INPUT_IDS)) {
        embeddings.put(signature, encode(signature, request.texts()));
      }
    }
    var ids = new LinkedHashMap<String, int[][]>();
    request.strings().forEach((signature, strings) -> {
      ids.put(signature, ids(signature, strings));
      // Every prompt shows in the ids already.
      embeddings.put(signature, embed(signature, strings, request.texts().length));
    });
    var milliseconds = new TreeMap<Integer, Double>();
    for (int batch : WarmupRequests.BATCHES) {
      milliseconds.put(batch, time(request, batch));
    }
    return new Result(embeddings, ids, score(request.texts()), milliseconds);
  }

  private Map<String, TensorInfo> inputs(String signature) {
    return bundle.metaGraphDef().getSignatureDefOrThrow(signature).getInputsMap();
  }

  /** Returns the embeddings of the first texts. */
  private float[][] embed(String signature, Map<String, List<String>> strings, int texts) {
    var named = new LinkedHashMap<String, Tensor>();
    try {
      strings.forEach((name, values) -> named.put(name, tensor(values.subList(0, texts))));
      return call(signature, named, RetrieverSignatures.EMBEDDING);
    } finally {
      named.values().forEach(Tensor::close);
    }
  }

  private static TString tensor(List<String> values) {
    return TString.vectorOf(values.toArray(String[]::new));
  }

  /** Returns the ids that a signature for strings computes, those where the mask is 1. */
  private int[][] ids(String signature, Map<String, List<String>> strings) {
    var output = bundle
        .metaGraphDef()
        .getSignatureDefOrThrow(signature)
        .getOutputsOrThrow(RetrieverSignatures.EMBEDDING)
        .getName();
    var scope = output.substring(0, output.indexOf('/') + 1);
    var runner = bundle
        .session()
        .runner()
        .fetch(scope + RetrieverSignatures.INPUT_IDS)
        .fetch(scope + RetrieverSignatures.ATTENTION_MASK);
    var fed = new ArrayList<Tensor>();
    inputs(signature).forEach((name, input) -> {
      fed.add(tensor(strings.get(name)));
      runner.feed(input.getName(), fed.get(fed.size() - 1));
    });
    try (var result = runner.run()) {
      var ids = (TInt32) result.get(0);
      var mask = (TInt32) result.get(1);
      var rows = new int[Math.toIntExact(ids.shape().get(0))][];
      for (int row = 0; row < rows.length; row++) {
        var tokens = IntStream.builder();
        for (int i = 0; i < ids.shape().get(1); i++) {
          if (mask.getInt(row, i) == 1) {
            tokens.add(ids.getInt(row, i));
          }
        }
        rows[row] = tokens.build().toArray();
      }
      return rows;
    } finally {
      fed.forEach(Tensor::close);
    }
  }

  private float[][] encode(String signature, int[][] texts) {
    try (var inputs = new TextTensors(texts)) {
      return call(signature, inputs.named(""), RetrieverSignatures.EMBEDDING);
    }
  }

  private float[][] score(int[][] texts) {
    try (var inputs = new TextTensors(texts)) {
      var named = new LinkedHashMap<>(inputs.named(RetrieverSignatures.QUERY));
      named.putAll(inputs.named(RetrieverSignatures.PASSAGE));
      return call(RetrieverSignatures.SCORE, named, RetrieverSignatures.SCORE);
    }
  }

  private float[][] call(String signature, Map<String, Tensor> inputs, String output) {
    try (var result = bundle.function(signature).call(inputs)) {
      var tensor = (TFloat32) result.get(output).orElseThrow();
      var values = new float[Math.toIntExact(tensor.shape().get(0))][];
      for (int row = 0; row < values.length; row++) {
        values[row] = new float[Math.toIntExact(tensor.shape().get(1))];
        for (int i = 0; i < values[row].length; i++) {
          values[row][i] = tensor.getFloat(row, i);
        }
      }
      return values;
    }
  }

  /** Returns the median time of some runs after a first one, fewer of them where they take long. */
  private double time(Request request, int batch) {
    var texts = new int[batch][request.tokens()];
    for (int row = 0; row < batch; row++) {
      var text = request.texts()[row % request.texts().length];
      Arrays.setAll(texts[row], i -> text[i % text.length]);
    }
    var times = new double[MOST_RUNS];
    int runs = 0;
    encode(RetrieverSignatures.ENCODE_QUERY, texts);
    for (long spent = 0; runs < MOST_RUNS && (runs == 0 || spent < ENOUGH_NANOS); runs++) {
      long start = System.nanoTime();
      encode(RetrieverSignatures.ENCODE_QUERY, texts);
      long nanos = System.nanoTime() - start;
      times[runs] = nanos / NANOS_PER_MILLISECOND;
      spent += nanos;
    }
    return Arrays.stream(times, 0, runs).sorted().skip(runs / 2).findFirst().orElseThrow();
  }

  /** Texts padded to the longest, with their mask. */
  private final class TextTensors implements AutoCloseable {
    private final Tensor ids;
    private final Tensor mask;

    TextTensors(int[][] texts) {
      var matrix = TokenMatrix.pad(texts, 0, 1, Integer.MAX_VALUE);
      var shape = Shape.of(matrix.rows(), matrix.length());
      ids = ExportedRetriever.tensor(type, shape, matrix.ids());
      mask = ExportedRetriever.tensor(type, shape, matrix.mask());
    }

    Map<String, Tensor> named(String prefix) {
      return Map.of(
          prefix + RetrieverSignatures.INPUT_IDS,
          ids,
          prefix + RetrieverSignatures.ATTENTION_MASK,
          mask);
    }

    @Override
    public void close() {
      ids.close();
      mask.close();
    }
  }
}
