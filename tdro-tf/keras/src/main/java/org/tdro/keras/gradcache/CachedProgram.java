package org.tdro.keras.gradcache;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.tdro.keras.Batch;
import org.tdro.keras.GradientTape;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.keras.Optimizer;
import org.tdro.keras.StepLogs;
import org.tdro.keras.StepRun;
import org.tdro.keras.TrainStep;
import org.tdro.keras.TrainingProgram;
import org.tdro.keras.Weight;
import org.tdro.keras.gradcache.GradientCache.ChunkEncoder;
import org.tdro.keras.gradcache.GradientCache.RowLengths;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;

/**
 * A micro-batch as several runs of the graph:
 *
 * <ol>
 *   <li>each chunk is encoded, its vectors are kept in Java;
 *   <li>the step is run once on all vectors: logs, assignments, and the gradients with respect to the vectors, which are
 *       the cache;
 *   <li>each chunk is encoded again and its part of the cache back-propagated, which adds to the accumulated gradients of
 *       the weights.
 * </ol>
 *
 * <p>The first micro-batch of an update clears the accumulated gradients first; the last one moves the weights in the end.
 */
final class CachedProgram implements TrainingProgram {
  /** The most chunks of a micro-batch: each has a counter of random numbers of its own, the same in both its encodings. */
  private static final long MAX_CHUNKS = 1L << 20;

  private final Model model;
  private final int chunkRows;
  private final Optional<RowLengths> rowLengths;
  private final StepLogs logs;
  private final List<Part> parts = new ArrayList<>();
  /** Gradients with respect to the vectors of every call of every encoder that learns, in order. */
  private final List<Operand<TFloat32>> vectorGradients;

  private final List<Op> writes;
  private final List<Op> clear;
  private final Optimizer.Updates update;
  private double updateSeconds;

  /** An encoder and the operations that add the gradients of a chunk; none for one that does not learn. */
  private record Part(ChunkEncoder encoder, List<Op> accumulate) {}

  /**
   * Adds the gradients of {@code step} and its writes to the graph; in each run, writes wait for all reads.
   *
   * @param encoders those that {@code step} asked for
   * @param chunkRows rows of a chunk
   */
  CachedProgram(
      Model model,
      GradientTape tape,
      TrainStep step,
      List<ChunkEncoder> encoders,
      int chunkRows,
      Optional<RowLengths> rowLengths) {
    this.model = model;
    this.chunkRows = chunkRows;
    this.rowLengths = rowLengths;
    var loss = step.loss()
        .orElseThrow(() -> new IllegalArgumentException(
            "with cached gradients a step says which loss is minimised, not by which gradients"));
    var tf = model.tf();
    var variables = step.weights().stream().map(Weight::value).toList();
    var sums = new AccumulatedGradients(model.optimizer(), step.weights());

    var vectors = new ArrayList<Operand<TFloat32>>();
    encoders.stream()
        .filter(ChunkEncoder::learns)
        .forEach(encoder -> encoder.calls().forEach(call -> vectors.add(call.vectors())));
    var sources = new ArrayList<>(vectors);
    sources.addAll(variables);
    var gradients = tape.partial(List.of(loss), sources, List.of(tf.constant(1f)));
    vectorGradients = gradients.subList(0, vectors.size());
    if (vectorGradients.contains(null)) {
      throw new IllegalArgumentException("the loss does not depend on "
          + vectors.get(vectorGradients.indexOf(null)).op().name()
          + ", the vectors of rows that are encoded in training");
    }
    // Gradients of weights that the step uses itself, outside the encoders.
    var ownGradients = gradients.subList(vectors.size(), gradients.size());

    logs = new StepLogs(tf, step);
    var reads = new ArrayList<Op>(logs.operands());
    reads.addAll(step.assignments().values());
    reads.addAll(vectorGradients);
    ownGradients.stream().filter(Objects::nonNull).forEach(reads::add);
    var gated = tf.withControlDependencies(reads);
    writes = sums.add(gated, ownGradients);
    writes.addAll(step.assign(gated));

    for (var encoder : encoders) {
      // Accumulators are read by nothing else in this run, so a gradient is added, and its memory
      // free, as soon as it is known.
      parts.add(new Part(
          encoder,
          encoder.learns()
              ? sums.add(
                  tf,
                  tape.partial(List.of(encoder.vectors()), variables, List.of(encoder.gradients())))
              : List.of()));
    }
    sums.requireAll();
    update = sums.update(tf);
    clear = sums.clear(tf);
  }

  @Override
  public Logs run(Batch batch, int microBatch, int microBatches) {
    boolean last = microBatch == microBatches - 1;
    long number = model.iterations() * microBatches + microBatch;
    if (microBatch == 0) {
      // What an update that failed midway left behind does no harm.
      run(clear, number, last);
    }
    var encoded = encode(batch, number, last);
    var result = step(batch, encoded, number, microBatch, last);
    encoded.forEach(EncodedRows::learn);
    if (last) {
      long start = System.nanoTime();
      result = update(result, number);
      updateSeconds = (System.nanoTime() - start) * 1e-9;
    }
    return result;
  }

  /** Moves the weights; returns the logs, with the norm of the gradient if the step logs it. */
  private Logs update(Logs logs, long counter) {
    boolean logsNorm = model.logsGradientNorm();
    try (var run = new StepRun(model, counter, true)) {
      run.target(update.update());
      if (logsNorm) {
        run.fetch(List.of(update.gradientNorm()));
      }
      return run.run(fetched ->
          logsNorm ? logs.with(Logs.GRADIENT_NORM, ((TFloat32) fetched.get(0)).getFloat()) : logs);
    }
  }

  private void run(List<Op> targets, long counter, boolean last) {
    try (var run = new StepRun(model, counter, last)) {
      run.target(targets).run();
    }
  }

  private List<EncodedRows> encode(Batch batch, long number, boolean last) {
    var encoded = new ArrayList<EncodedRows>();
    long first = Math.multiplyExact(number, MAX_CHUNKS);
    long counter = first;
    for (var part : parts) {
      var rows = new EncodedRows(part, batch, counter, last);
      encoded.add(rows);
      counter += rows.chunks.size();
    }
    if (counter - first > MAX_CHUNKS) {
      throw new IllegalArgumentException("a micro-batch has more than " + MAX_CHUNKS
          + " chunks, namely " + (counter - first) + ": make them larger");
    }
    encoded.forEach(EncodedRows::encode);
    return encoded;
  }

  /** Runs the step on the vectors, and caches the gradients with respect to them. */
  private Logs step(
      Batch batch, List<EncodedRows> encoded, long number, int microBatch, boolean last) {
    try (var run = new StepRun(model, number, last)) {
      run.feed(batch).fetch(logs.operands()).fetch(vectorGradients).target(writes);
      encoded.forEach(rows -> rows.feedVectors(run));
      return run.run(fetched -> {
        int next = logs.operands().size();
        for (var rows : encoded) {
          for (int call = 0; call < rows.cachedGradients(); call++) {
            rows.gradients.add(StepLogs.floats((TFloat32) fetched.get(next++)));
          }
        }
        return logs.read(fetched, microBatch == 0);
      });
    }
  }

  @Override
  public double updateSeconds() {
    return updateSeconds;
  }

  /** The rows of one micro-batch under one encoder. */
  private final class EncodedRows {
    private final Part part;
    private final ChunkEncoder encoder;
    private final long firstCounter;
    private final boolean last;
    private final List<RowChunks.Chunk> chunks;
    /** {@code [rows, dimension]} for each call of the step. */
    private final List<float[]> vectors;
    /** The gradients, in the shapes of the vectors; empty for an encoder that does not learn. */
    private final List<float[]> gradients = new ArrayList<>();

    /** @param firstCounter of the random numbers; the chunks count up from it */
    EncodedRows(Part part, Batch batch, long firstCounter, boolean last) {
      this.part = part;
      this.encoder = part.encoder();
      this.firstCounter = firstCounter;
      this.last = last;
      var inputs = new ArrayList<List<Tensor>>();
      encoder
          .calls()
          .forEach(call ->
              inputs.add(call.inputs().stream().map(name -> tensor(batch, name)).toList()));
      var rows = new RowChunks(inputs, chunkRows, rowLengths);
      chunks = rows.chunks();
      vectors = rows.vectors(dimension());
    }

    private Tensor tensor(Batch batch, String name) {
      var tensor = batch.tensors().get(name);
      if (tensor == null) {
        throw new IllegalArgumentException(
            "the batch has no input " + name + "; it has " + batch.tensors().keySet());
      }
      return tensor;
    }

    private int dimension() {
      return encoder.encoder().dimension();
    }

    int cachedGradients() {
      return encoder.learns() ? encoder.calls().size() : 0;
    }

    /** Computes the vectors, chunk by chunk. */
    void encode() {
      for (int i = 0; i < chunks.size(); i++) {
        try (var run = new StepRun(model, firstCounter + i, last)) {
          feedRows(run, chunks.get(i));
          var chunkVectors = run.fetch(List.of(encoder.vectors()))
              .run(fetched -> StepLogs.floats((TFloat32) fetched.get(0)));
          chunks.get(i).scatter(chunkVectors, vectors, dimension());
        }
      }
    }

    /** Feeds the vectors to a run of the step. */
    void feedVectors(StepRun run) {
      for (int call = 0; call < vectors.size(); call++) {
        var values = vectors.get(call);
        var shape = Shape.of(values.length / dimension(), dimension());
        run.feed(
            encoder.calls().get(call).vectors(), TFloat32.tensorOf(shape, DataBuffers.of(values)));
      }
    }

    /** Back-propagates the cached gradients, with the random numbers that the vectors were made with. */
    void learn() {
      if (!encoder.learns()) {
        return;
      }
      for (int i = 0; i < chunks.size(); i++) {
        try (var run = new StepRun(model, firstCounter + i, last)) {
          feedRows(run, chunks.get(i));
          run.feed(encoder.gradients(), chunks.get(i).gather(gradients, dimension()))
              .target(part.accumulate())
              .run();
        }
      }
    }

    private void feedRows(StepRun run, RowChunks.Chunk chunk) {
      for (int i = 0; i < encoder.rows().size(); i++) {
        run.feed(encoder.rows().get(i), chunk.input(i));
      }
    }
  }
}
