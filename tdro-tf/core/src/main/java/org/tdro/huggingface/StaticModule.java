package org.tdro.huggingface;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.huggingface.safetensors.SafetensorsFile;
import org.tdro.huggingface.safetensors.TensorView;
import org.tdro.io.InputException;
import org.tdro.keras.Weight;
import org.tdro.models.StaticArchitecture;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/**
 * sentence-transformers' StaticEmbedding: {@code model.safetensors} with a vector for each token, whose mean is a text's embedding.
 * In model2vec's folders, several tokens may share a vector ({@code mapping}, {@code [tokens]}), and each may have a factor of its
 * own ({@code weights}, {@code [tokens]}).
 */
record StaticModule(Path folder) {
  /** What sentence-transformers and model2vec call the table. */
  private static final List<String> TABLES = List.of("embedding.weight", "embeddings");

  private static final String MAPPING = "mapping";
  private static final String FACTORS = "weights";

  /** Training sets it; what is published has its weights. */
  private static final float INITIALIZER_RANGE = 0.02f;

  /** The file of the weights. */
  Path file() {
    return folder.resolve(DenseModule.WEIGHTS);
  }

  /** Reads the shape; a file that is missing, damaged or of another content is a problem. */
  Optional<StaticArchitecture> read(FolderReading reading) {
    SentenceModules.requireSafetensors(folder, reading);
    try {
      var tensors = SafetensorsFile.open(file()).tensors();
      var problems = problems(tensors);
      problems.forEach(problem -> reading.problem(file() + ": " + problem));
      if (!problems.isEmpty()) {
        return Optional.empty();
      }
      var table = tensors.get(table(tensors).orElseThrow()).shape();
      long tokens =
          Optional.ofNullable(tensors.get(MAPPING)).map(TensorView::elements).orElse(table[0]);
      return Optional.of(new StaticArchitecture(
          Math.toIntExact(tokens), Math.toIntExact(table[1]), INITIALIZER_RANGE));
    } catch (InputException e) {
      e.problems().forEach(reading::problem);
      return Optional.empty();
    }
  }

  private static Optional<String> table(Map<String, TensorView> tensors) {
    return TABLES.stream().filter(tensors::containsKey).findFirst();
  }

  private static List<String> problems(Map<String, TensorView> tensors) {
    var name = table(tensors);
    if (name.isEmpty()) {
      return List.of("holds %s, but StaticEmbedding has a tensor %s"
          .formatted(tensors.keySet(), String.join(" or ", TABLES)));
    }
    var problems = new ArrayList<String>();
    var table = tensors.get(name.get());
    if (table.shape().length != 2 || table.elements() == 0) {
      problems.add(table.spec() + " must be a table of at least one vector");
    }
    requireType(table, problems, DType.F32, DType.F16, DType.BF16);
    long tokens = table.shape().length == 0 ? 0 : table.shape()[0];
    if (tensors.containsKey(MAPPING)) {
      var mapping = tensors.get(MAPPING);
      requireType(mapping, problems, DType.I32, DType.I64);
      tokens = mapping.elements();
      requireShape(mapping, tokens, problems);
    }
    if (tensors.containsKey(FACTORS)) {
      var factors = tensors.get(FACTORS);
      requireType(factors, problems, DType.F64, DType.F32);
      requireShape(factors, tokens, problems);
    }
    for (var stored : tensors.keySet()) {
      if (!List.of(name.get(), MAPPING, FACTORS).contains(stored)) {
        problems.add(tensors.get(stored).spec() + " is not a part of StaticEmbedding");
      }
    }
    return problems;
  }

  private static void requireType(TensorView tensor, List<String> problems, DType... types) {
    if (!List.of(types).contains(tensor.type())) {
      problems.add("%s must be of type %s"
          .formatted(
              tensor.spec(),
              String.join(" or ", List.of(types).stream().map(DType::name).toList())));
    }
  }

  private static void requireShape(TensorView tensor, long tokens, List<String> problems) {
    if (tensor.shape().length != 1 || tensor.shape()[0] != tokens) {
      problems.add("%s must have one value for each of %d tokens".formatted(tensor.spec(), tokens));
    }
  }

  /**
   * Reads the vectors of the tokens into {@code weight}.
   *
   * @return number of rows that it has beyond the stored ones, which become their mean
   * @throws InputException if the file is damaged, or holds values that are not finite or vectors that are not there
   */
  long load(Ops tf, Session session, Weight weight) {
    var tensors = SafetensorsFile.open(file()).tensors();
    var name = table(tensors).orElseThrow();
    if (tensors.size() == 1) {
      return CheckpointWeights.ofFile(file(), file().getFileName().toString())
          .named(any -> name)
          .load(tf, session, List.of(weight));
    }
    return new Folded(tf, session, tensors.get(name), tensors).load(weight);
  }

  /** Writes the vectors of {@code weight}. */
  void write(CheckpointWriter writer, Weight weight) throws IOException {
    writer.named(file(), List.of(weight), any -> TABLES.get(0));
  }

  /** A table whose rows are shared by tokens, or multiplied by a token's factor. */
  private record Folded(
      Ops tf, Session session, TensorView table, Map<String, TensorView> tensors) {

    long load(Weight weight) {
      var rows = rows();
      var factors = factors(rows.length);
      try (var tensor = TensorLoading.read(table);
          var rowTensor = TInt32.vectorOf(rows);
          var factorTensor = TFloat64.vectorOf(factors)) {
        var stored = tf.placeholder(TensorLoading.type(table.type()).orElseThrow());
        var row = tf.placeholder(TInt32.class);
        var factor = tf.placeholder(TFloat64.class);
        // The product of two floats is exact in double precision, so it is rounded once.
        var wide = tf.dtypes.cast(tf.gather(stored, row, tf.constant(0)), TFloat64.class);
        var vectors = tf.dtypes.cast(
            tf.math.mul(wide, tf.expandDims(factor, tf.constant(1))), TFloat32.class);
        var finite = tf.reduceAll(tf.math.isFinite(vectors), tf.constant(new int[] {0, 1}));
        try (var result = session
            .runner()
            .feed(stored.asOutput(), tensor)
            .feed(row.asOutput(), rowTensor)
            .feed(factor.asOutput(), factorTensor)
            .addTarget(
                weight.assign(tf, TensorLoading.withFurtherRows(tf, weight, rows.length, vectors)))
            .fetch(finite)
            .run()) {
          if (!((TBool) result.get(0)).getBoolean()) {
            throw new InputException(table.file() + ": holds values that are not finite");
          }
        }
      }
      return weight.shape().get(0) - rows.length;
    }

    /** Returns the row of each token. */
    private int[] rows() {
      int size = Math.toIntExact(table.shape()[0]);
      if (!tensors.containsKey(MAPPING)) {
        return IntStream.range(0, size).toArray();
      }
      var mapping = tensors.get(MAPPING);
      var bytes = mapping.buffer();
      var rows = new int[Math.toIntExact(mapping.elements())];
      for (int token = 0; token < rows.length; token++) {
        long row = mapping.type() == DType.I64 ? bytes.getLong() : bytes.getInt();
        if (row < 0 || row >= size) {
          throw new InputException("%s: mapping of token %d is %d, but there are %d vectors"
              .formatted(mapping.file(), token, row, size));
        }
        rows[token] = (int) row;
      }
      return rows;
    }

    /** Returns the factor of each token. */
    private double[] factors(int tokens) {
      var factors = new double[tokens];
      if (!tensors.containsKey(FACTORS)) {
        Arrays.fill(factors, 1);
        return factors;
      }
      var stored = tensors.get(FACTORS);
      var bytes = stored.buffer();
      for (int token = 0; token < tokens; token++) {
        factors[token] = stored.type() == DType.F64 ? bytes.getDouble() : bytes.getFloat();
      }
      return factors;
    }
  }
}
