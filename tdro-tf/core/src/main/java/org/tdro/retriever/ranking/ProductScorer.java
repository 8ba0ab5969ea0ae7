package org.tdro.retriever.ranking;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.search.BlockScorer;
import org.tdro.search.Embeddings;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;

/** Scores by TensorFlow's products of matrices, on the processor. */
public final class ProductScorer implements BlockScorer, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProductScorer.class);

  /** Queries of a product: with a block of some thousand documents, its scores take tens of megabytes. */
  private static final int QUERIES = 1024;

  /** Variables by which users let oneDNN compute products of single precision in a lower one, with errors that are not known here. */
  private static final List<String> RELAXED =
      List.of("ONEDNN_DEFAULT_FPMATH_MODE", "TF_SET_ONEDNN_FPMATH_MODE");

  /** What the matrices are rounded to before they are multiplied; sums are of single precision. */
  public enum Precision {
    /** Single precision: nothing is rounded. */
    FLOAT32,
    /** bfloat16, of 8 significant bits: half the time on processors that multiply it, and more candidates to score again. */
    BFLOAT16
  }

  private final Precision precision;
  private final int dimension;
  private final Graph graph;
  private final Placeholder<TFloat32> queries;
  private final Placeholder<TFloat32> documents;
  private final Operand<TFloat32> scores;
  private final Session session;
  private final List<TFloat32> groups = new ArrayList<>();

  /** Creates a scorer in single precision. */
  public ProductScorer(Embeddings queries) {
    this(queries, Precision.FLOAT32);
  }

  /** Creates a scorer; the caller closes it. */
  public ProductScorer(Embeddings queries, Precision precision) {
    this.precision = precision;
    this.dimension = queries.dimension();
    this.graph = new Graph();
    var tf = Ops.create(graph);
    this.queries = tf.placeholder(TFloat32.class);
    this.documents = tf.placeholder(TFloat32.class);
    this.scores = precision == Precision.FLOAT32
        ? product(tf, this.queries, this.documents)
        : tf.dtypes.cast(
            product(
                tf,
                tf.dtypes.cast(this.queries, TBfloat16.class),
                tf.dtypes.cast(this.documents, TBfloat16.class)),
            TFloat32.class);
    // On a GPU, products of single precision may be rounded otherwise.
    this.session =
        new Session(graph, ConfigProto.newBuilder().putDeviceCount("GPU", 0).build());
    for (int from = 0; from < queries.rows(); from += QUERIES) {
      groups.add(tensor(queries, from, Math.min(queries.rows(), from + QUERIES)));
    }
  }

  private static <T extends org.tensorflow.types.family.TNumber> Operand<T> product(
      Ops tf, Operand<T> queries, Operand<T> documents) {
    return tf.linalg.matMul(queries, documents, MatMul.transposeB(true));
  }

  private static TFloat32 tensor(Embeddings embeddings, int from, int to) {
    int dimension = embeddings.dimension();
    var tensor = TFloat32.tensorOf(Shape.of(to - from, dimension));
    tensor
        .asRawTensor()
        .data()
        .asFloats()
        .write(embeddings.values(), from * dimension, (to - from) * dimension);
    return tensor;
  }

  @Override
  public double relativeError() {
    if (RELAXED.stream().anyMatch(name -> System.getenv(name) != null)) {
      LOG.warn("{} may change products, so all scores are computed again, which is slow", RELAXED);
      return Double.POSITIVE_INFINITY;
    }
    double sum = BlockScorer.relativeError(dimension, FLOAT);
    // Both factors are rounded, and so is the score.
    return precision == Precision.FLOAT32 ? sum : Math.pow(1 + 0x1p-8, 3) * (1 + sum) - 1;
  }

  @Override
  public void score(Embeddings block, Sink sink) {
    if (block.rows() == 0) {
      return;
    }
    try (var blockTensor = tensor(block, 0, block.rows())) {
      for (int group = 0; group < groups.size(); group++) {
        score(group, blockTensor, block.rows(), sink);
      }
    }
  }

  private void score(int group, TFloat32 block, int documentCount, Sink sink) {
    var asked = groups.get(group);
    try (var result = session
        .runner()
        .feed(queries, asked)
        .feed(documents, block)
        .fetch(scores)
        .run()) {
      var values = ((TFloat32) result.get(0)).asRawTensor().data().asFloats();
      IntStream.range(0, (int) asked.shape().get(0)).parallel().forEach(row -> {
        var ofQuery = new float[documentCount];
        values.offset((long) row * documentCount).read(ofQuery);
        sink.accept(group * QUERIES + row, 0, ofQuery, documentCount);
      });
    }
  }

  @Override
  public void close() {
    Stream.of(groups).flatMap(List::stream).forEach(TFloat32::close);
    session.close();
    graph.close();
  }
}
