package org.tdro.export;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.tdro.data.TokenMatrix;
import org.tdro.io.InputException;
import org.tdro.retriever.TextEncoder;
import org.tdro.retriever.TokenEncoding;
import org.tdro.search.Embeddings;
import org.tdro.serving.client.IdType;
import org.tdro.serving.client.RetrieverAssets;
import org.tdro.text.TextKind;
import org.tdro.text.Tokenizer;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/** A version of an exported retriever, run in this process from its folder alone. Owns its graph and tokenizer. */
public final class ExportedRetriever implements TextEncoder, AutoCloseable {
  private final RetrieverAssets assets;
  private final Tokenizer tokenizer;
  private final SavedModelBundle bundle;

  private ExportedRetriever(RetrieverAssets assets, Tokenizer tokenizer, SavedModelBundle bundle) {
    this.assets = assets;
    this.tokenizer = tokenizer;
    this.bundle = bundle;
  }

  /**
   * Loads a version.
   *
   * @param savedModel its folder, as {@code BASE/1}
   * @throws IllegalArgumentException if it is not an export of a retriever
   * @throws InputException if it has no tokenizer
   */
  public static ExportedRetriever load(Path savedModel) {
    var assets = RetrieverAssets.read(savedModel);
    var file = RetrieverAssets.tokenizer(savedModel)
        .orElseThrow(() ->
            new InputException(savedModel + " has no assets/tokenizer.json, so it takes no texts"));
    var tokenizer = Tokenizer.load(file);
    try {
      return new ExportedRetriever(
          assets, tokenizer, SavedModelBundle.load(savedModel.toString(), "serve"));
    } catch (RuntimeException | Error e) {
      tokenizer.close();
      throw e;
    }
  }

  @Override
  public Embeddings encode(TextKind kind, String task, List<String> texts) {
    var prompt = assets.prompts().of(kind, task);
    int most = assets.maxLength(kind);
    var ids = texts.parallelStream()
        .map(text -> tokenizer.encode(prompt.apply(text), most))
        .toArray(int[][]::new);
    var signature = RetrieverAssets.signature(kind);
    return TokenEncoding.DEFAULT.encode(
        matrix -> call(signature, matrix), dimension(), ids, 0, most);
  }

  @Override
  public int dimension() {
    return assets.dimension();
  }

  private float[] call(String signature, TokenMatrix matrix) {
    var shape = Shape.of(matrix.rows(), matrix.length());
    try (var ids = tensor(assets.idType(), shape, matrix.ids());
        var mask = tensor(assets.idType(), shape, matrix.mask());
        var result = bundle
            .function(signature)
            .call(Map.of(
                RetrieverSignatures.INPUT_IDS, ids, RetrieverSignatures.ATTENTION_MASK, mask))) {
      var embeddings = (TFloat32) result.get(RetrieverSignatures.EMBEDDING).orElseThrow();
      var values = new float[Math.toIntExact(embeddings.size())];
      embeddings.asRawTensor().data().asFloats().read(values);
      return values;
    }
  }

  /** Returns integers as a tensor of the type that an export takes; the caller closes it. */
  static Tensor tensor(IdType type, Shape shape, int[] values) {
    return type == IdType.INT32
        ? TInt32.tensorOf(shape, DataBuffers.of(values))
        : TInt64.tensorOf(
            shape, DataBuffers.of(Arrays.stream(values).asLongStream().toArray()));
  }

  @Override
  public void close() {
    try {
      bundle.close();
    } finally {
      tokenizer.close();
    }
  }
}
