package org.tdro.peers;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.tdro.data.ContrastiveBatch;
import org.tdro.data.TokenMatrix;
import org.tdro.models.BertArchitecture;

/**
 * A retriever of BERT's shape in PyTorch, operation by operation as the eager attention of Hugging Face's transformers computes it,
 * that learns with InfoNCE and AdamW. Owns its arrays.
 */
final class PyTorchRetriever implements AutoCloseable {
  private static final float MASKED = -1e9f;

  private final Engine engine = Engine.getEngine("PyTorch");
  private final NDManager manager = engine.newBaseManager();
  private final BertArchitecture shape;
  private final float temperature;
  private final Map<String, NDArray> weights = new LinkedHashMap<>();
  private final Map<String, Moments> moments = new LinkedHashMap<>();
  private long updates;

  /** AdamW's running means of a weight's gradient and of its square. */
  private record Moments(NDArray mean, NDArray square) {}

  /** The settings of AdamW. Weight decay applies to matrices alone. */
  record AdamW(
      float learningRate,
      float beta1,
      float beta2,
      float epsilon,
      float weightDecay,
      float maxGradNorm) {}

  /** The values of a weight. */
  @SuppressWarnings("ArrayRecordComponent") // copied, never compared
  record Values(long[] shape, float[] values) {}

  /**
   * Creates a retriever.
   *
   * @param initial the weights by their names in tdro-tf; kernels are {@code [in, out]}
   */
  PyTorchRetriever(BertArchitecture shape, float temperature, Map<String, Values> initial) {
    this.shape = shape;
    this.temperature = temperature;
    initial.forEach((name, values) -> {
      var array = manager.create(FloatBuffer.wrap(values.values()), new Shape(values.shape()));
      // PyTorch's linear layers hold [out, in].
      weights.put(name, name.endsWith("/kernel") ? array.transpose().duplicate() : array);
    });
    weights.forEach((name, weight) -> {
      weight.setRequiresGradient(true);
      moments.put(name, new Moments(weight.zerosLike(), weight.zerosLike()));
    });
  }

  /** Computes the mean loss of a batch and, unless {@code adam} is null, updates the weights. */
  float step(ContrastiveBatch batch, AdamW adam) {
    try (var scope = manager.newSubManager();
        var collector = engine.newGradientCollector()) {
      var loss = loss(scope, batch);
      collector.backward(loss);
      if (adam != null) {
        update(adam);
      }
      collector.zeroGradients();
      return loss.getFloat();
    }
  }

  private NDArray loss(NDManager scope, ContrastiveBatch batch) {
    var queries = embed(scope, batch.queries());
    var passages = embed(scope, batch.passages());
    var scores = queries.matMul(passages.transpose()).div(temperature);
    int rows = batch.size();
    int columns = rows * batch.passagesPerQuery();
    var hidden = new float[rows * columns];
    for (int i = 0; i < batch.alsoRelevant().length; i += 2) {
      hidden[batch.alsoRelevant()[i] * columns + batch.alsoRelevant()[i + 1]] = MASKED;
    }
    var positives = new float[rows * columns];
    for (int row = 0; row < rows; row++) {
      positives[row * columns + row * batch.passagesPerQuery()] = 1;
    }
    var logs = scores.add(scope.create(hidden, new Shape(rows, columns))).logSoftmax(1);
    return logs.mul(scope.create(positives, new Shape(rows, columns)))
        .sum()
        .neg()
        .div(rows);
  }

  /** Returns the embeddings of texts, {@code [rows, hidden]}: the mean of the last states, scaled to length 1. */
  private NDArray embed(NDManager scope, TokenMatrix texts) {
    int rows = texts.rows();
    int length = texts.length();
    var mask = scope.create(texts.mask(), new Shape(rows, length)).toType(DataType.FLOAT32, false);
    var positions = scope.create(Arrays.stream(range(length)).toArray(), new Shape(1, length));
    var ids = scope.create(texts.ids(), new Shape(rows, length));
    var types = scope.create(new int[length], new Shape(1, length));
    var x = norm(
        row("embeddings/word_embeddings", ids)
            .add(row("embeddings/position_embeddings", positions))
            .add(row("embeddings/token_type_embeddings", types)),
        "embeddings/LayerNorm");
    var hidden = mask.sub(1).mul(-MASKED).reshape(rows, 1, 1, length);
    for (int i = 0; i < shape.layers(); i++) {
      x = layer(x, hidden, "encoder/layer/" + i + "/");
    }
    var weighted = x.mul(mask.reshape(rows, length, 1)).sum(new int[] {1});
    var mean = weighted.div(mask.sum(new int[] {1}, true));
    return mean.div(mean.mul(mean).sum(new int[] {1}, true).sqrt());
  }

  private NDArray layer(NDArray x, NDArray hidden, String name) {
    long rows = x.getShape().get(0);
    long length = x.getShape().get(1);
    long size = shape.hidden() / shape.heads();
    Function<String, NDArray> heads = part -> linear(x, name + "attention/self/" + part)
        .reshape(rows, length, shape.heads(), size)
        .transpose(0, 2, 1, 3);
    var scores = heads
        .apply("query")
        .matMul(heads.apply("key").transpose(0, 1, 3, 2))
        .div(Math.sqrt((double) size))
        .add(hidden);
    var context = scores
        .softmax(-1)
        .matMul(heads.apply("value"))
        .transpose(0, 2, 1, 3)
        .reshape(rows, length, shape.hidden());
    var attended = norm(
        linear(context, name + "attention/output/dense").add(x),
        name + "attention/output/LayerNorm");
    var inner =
        linear(attended, name + "intermediate/dense").getNDArrayInternal().gelu();
    return norm(linear(inner, name + "output/dense").add(attended), name + "output/LayerNorm");
  }

  private NDArray row(String name, NDArray ids) {
    return ids.getNDArrayInternal()
        .embedding(ids, weight(name + "/embeddings"), SparseFormat.DENSE)
        .singletonOrThrow();
  }

  private NDArray linear(NDArray x, String name) {
    return x.getNDArrayInternal()
        .linear(x, weight(name + "/kernel"), weight(name + "/bias"))
        .singletonOrThrow();
  }

  private NDArray norm(NDArray x, String name) {
    return x.getNDArrayInternal()
        .layerNorm(
            x,
            new Shape(shape.hidden()),
            weight(name + "/gamma"),
            weight(name + "/beta"),
            shape.normEpsilon())
        .singletonOrThrow();
  }

  private NDArray weight(String name) {
    var weight = weights.get(name);
    if (weight == null) {
      throw new IllegalArgumentException("no weight " + name + " in " + weights.keySet());
    }
    return weight;
  }

  private void update(AdamW adam) {
    updates++;
    float rate = (float) (adam.learningRate()
        * Math.sqrt(1 - Math.pow(adam.beta2(), (double) updates))
        / (1 - Math.pow(adam.beta1(), (double) updates)));
    var gradients = new ArrayList<NDArray>();
    for (var weight : weights.values()) {
      gradients.add(weight.getGradient());
    }
    float scale = Math.min(1, adam.maxGradNorm() / norm(gradients));
    int i = 0;
    for (var entry : weights.entrySet()) {
      var weight = entry.getValue();
      var of = moments.get(entry.getKey());
      var gradient = gradients.get(i++);
      weight
          .getNDArrayInternal()
          .adamUpdate(
              new NDList(weight, gradient, of.mean(), of.square()),
              new NDList(weight),
              adam.learningRate(),
              rate,
              weight.getShape().dimension() > 1 ? adam.weightDecay() : 0,
              scale,
              -1,
              adam.beta1(),
              adam.beta2(),
              adam.epsilon(),
              false,
              true);
      gradient.close();
    }
  }

  private static float norm(List<NDArray> gradients) {
    double squares = 0;
    for (var gradient : gradients) {
      try (var norm = gradient.norm()) {
        squares += Math.pow(norm.getFloat(), 2);
      }
    }
    return (float) Math.sqrt(squares);
  }

  private static int[] range(int length) {
    var range = new int[length];
    Arrays.setAll(range, i -> i);
    return range;
  }

  @Override
  public void close() {
    manager.close();
  }
}
