package org.tdro.retriever.distil;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tdro.io.Sha256;
import org.tdro.keras.Weight;
import org.tdro.models.StaticArchitecture;
import org.tdro.retriever.Encoders;
import org.tdro.retriever.Pooling;
import org.tdro.retriever.RetrieverSettings;
import org.tdro.retriever.RetrieverSource;
import org.tdro.retriever.RetrieverSpec;
import org.tdro.search.Embeddings;
import org.tdro.text.TokenizerFolder;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A static encoder in memory, and the retriever whose tokenizer it uses: the embedding of a text is the mean of its tokens' vectors,
 * of length 1. It has no prompts, and texts are never cut.
 *
 * @param origin the retriever that it was made from
 * @param table the vectors of all token ids, {@code [ids, dimension]}
 * @param facts how it was made, by name, for a model card
 */
public record DistilledRetriever(
    RetrieverSource origin, Embeddings table, Map<String, String> facts)
    implements RetrieverSource {
  /** Of no effect, since the vectors are there. */
  private static final float INITIALIZER_RANGE = 0.02f;

  public DistilledRetriever {
    facts = new LinkedHashMap<>(facts);
  }

  /** Returns the folder of the retriever that it was made from. */
  @Override
  public Path path() {
    return origin.path();
  }

  @Override
  public RetrieverSettings settings() {
    var shape = new StaticArchitecture(table.rows(), table.dimension(), INITIALIZER_RANGE);
    return RetrieverSettings.builder(new RetrieverSpec(shape, Pooling.MEAN, List.of(), true))
        .build();
  }

  /** Returns the origin's tokenizer without special tokens around a text. */
  @Override
  public Optional<Path> tokenizer(Pooling pooling, Path scratch) {
    return origin
        .tokenizer(origin.settings().spec().pooling(), scratch)
        .map(file -> new TokenizerFolder(file.getParent())
            .withoutSpecialTokens(scratch.resolve("tokenizer.json")));
  }

  @Override
  public String fingerprint() {
    var bytes = ByteBuffer.allocate(Math.multiplyExact(table.values().length, Float.BYTES));
    bytes.asFloatBuffer().put(table.values());
    return Sha256.of(bytes.array());
  }

  @Override
  public List<Weight> replaced(Encoders encoders) {
    return encoders.backboneWeights();
  }

  @Override
  public void load(Ops tf, Session session, Encoders encoders) {
    var vectors = tf.placeholder(TFloat32.class);
    var shape = Shape.of(table.rows(), table.dimension());
    try (var fed = TFloat32.tensorOf(shape, DataBuffers.of(table.values()))) {
      for (var weight : encoders.backboneWeights()) {
        session
            .runner()
            .feed(vectors.asOutput(), fed)
            .addTarget(weight.assign(tf, vectors))
            .run()
            .close();
      }
    }
  }
}
