package org.tdro.keras;

import java.util.ArrayList;
import java.util.List;
import org.tdro.keras.ChunkedEncodings.ChunkEncoder;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;

/**
 * A micro-batch as several runs of the graph (GradCache, Gao et al. 2021): every chunk is encoded; the step is run once on
 * the vectors, which gives the logs and the gradients with respect to the vectors; every chunk is encoded again, and what
 * its gradients make of the weights' is added to accumulators. The last micro-batch of an update moves the weights.
 */
final class ChunkedProgram implements TrainingProgram {
  /** Chunks of a micro-batch have numbers of their own below this. */
  private static final long MOST_CHUNKS = 1L << 20;

  private final Model model;
  private final StepFeed feed;
  private final ChunkedEncodings encodings;
  private final LoggedValues logs;
  /** Of the vectors of every call of every encoder that learns, in order. */
  private final List<Operand<TFloat32>> vectorGradients;

  private final List<Op> writes;
  /** For every encoder that learns, in order. */
  private final List<List<Op>> accumulate;

  private final List<Op> clear;
  private final List<Op> update;
  private double updateSeconds;

  private ChunkedProgram(
      Model model,
      ChunkedEncodings encodings,
      LoggedValues logs,
      List<Operand<TFloat32>> vectorGradients,
      List<Op> writes,
      List<List<Op>> accumulate,
      List<Op> clear,
      List<Op> update) {
    this.model = model;
    this.feed = new StepFeed(model);
    this.encodings = encodings;
    this.logs = logs;
    this.vectorGradients = vectorGradients;
    this.writes = writes;
    this.accumulate = accumulate;
    this.clear = clear;
    this.update = update;
  }

  /** Adds the gradients of {@code step} and its writes to the graph; in each run, writes wait for all reads. */
  static ChunkedProgram of(
      Model model, GradientTape tape, TrainStep step, ChunkedEncodings encodings) {
    var loss = step.loss()
        .orElseThrow(
            () -> new IllegalArgumentException(
                "with encodings in chunks a step says which loss is minimised, not by which gradients"));
    var tf = model.tf();
    var one = List.<Operand<TFloat32>>of(tf.constant(1f));
    var sums = new AccumulatedGradients(model.optimizer(), step.weights());

    var learning = encodings.encoders().stream().filter(ChunkEncoder::learns).toList();
    var vectors = new ArrayList<Operand<TFloat32>>();
    learning.forEach(encoder -> encoder.calls().forEach(call -> vectors.add(call.vectors())));
    var sources = new ArrayList<>(vectors);
    step.weights().forEach(weight -> sources.add(weight.variable()));
    var gradients = tape.partial(List.of(loss), sources, one);
    var vectorGradients = gradients.subList(0, vectors.size());
    if (vectorGradients.contains(null)) {
      throw new IllegalArgumentException("the loss does not depend on "
          + vectors.get(vectorGradients.indexOf(null)).op().name()
          + ", the vectors of sequences that are encoded in training");
    }
    var ownGradients = gradients.subList(vectors.size(), gradients.size());

    var logs = new LoggedValues(tf, step);
    var reads = new ArrayList<Op>(logs.operands());
    reads.addAll(step.assignments().values());
    reads.addAll(vectorGradients);
    ownGradients.stream().filter(gradient -> gradient != null).forEach(reads::add);
    var gated = tf.withControlDependencies(reads);
    var writes = sums.add(gated, ownGradients);
    writes.addAll(step.assign(gated));

    var accumulate = new ArrayList<List<Op>>();
    var variables = step.weights().stream().map(Weight::variable).toList();
    for (var encoder : learning) {
      var parts = tape.partial(List.of(encoder.vectors()), variables, List.of(encoder.gradients()));
      // Accumulators are read by nothing else in this run, so a gradient is added, and its memory
      // free, as soon as it is known.
      accumulate.add(sums.add(tf, parts));
    }
    sums.requireAll();
    var update = sums.update(tf, model.counter());
    return new ChunkedProgram(
        model, encodings, logs, vectorGradients, writes, accumulate, sums.clear(tf), update);
  }

  @Override
  public Logs run(Batch batch, int microBatch, int microBatches) {
    boolean last = microBatch == microBatches - 1;
    long number = model.iterations() * microBatches + microBatch;
    if (microBatch == 0) {
      // What an update that failed midway left behind does no harm.
      run(clear, number, last);
    }
    var encoded = chunks(batch, number);
    encoded.forEach(chunks -> chunks.encode(feed, last));
    var gradients = new ArrayList<float[]>();
    var result = step(batch, encoded, number, last, gradients);
    int learned = 0;
    int call = 0;
    for (var chunks : encoded) {
      if (chunks.learns()) {
        int end = call + chunks.calls();
        chunks.learn(feed, gradients.subList(call, end), accumulate.get(learned++), last);
        call = end;
      }
    }
    if (last) {
      long start = System.nanoTime();
      run(update, number, true);
      updateSeconds = (System.nanoTime() - start) * 1e-9;
    }
    return result;
  }

  private List<EncodedChunks> chunks(Batch batch, long number) {
    var all = new ArrayList<EncodedChunks>();
    long first = Math.multiplyExact(number, MOST_CHUNKS);
    long counter = first;
    for (var encoder : encodings.encoders()) {
      var chunks = new EncodedChunks(model, encoder, batch, encodings.chunking(), counter);
      all.add(chunks);
      counter = chunks.endCounter();
    }
    if (counter - first > MOST_CHUNKS) {
      throw new IllegalArgumentException(
          "a micro-batch has more than " + MOST_CHUNKS + " chunks: make them larger");
    }
    return all;
  }

  /** Runs the step on the vectors and puts the gradients with respect to them into {@code gradients}. */
  private Logs step(
      Batch batch,
      List<EncodedChunks> encoded,
      long number,
      boolean last,
      List<float[]> gradients) {
    var runner = model.session().runner();
    feed.inputs(runner, batch);
    logs.operands().forEach(runner::fetch);
    vectorGradients.forEach(runner::fetch);
    writes.forEach(runner::addTarget);
    var result = new Logs[1];
    try (var fed = new FedVectors(runner)) {
      encoded.forEach(chunks -> chunks.feed(fed));
      int logged = logs.operands().size();
      feed.run(runner, number, last, fetched -> {
        result[0] = logs.read(fetched);
        for (int i = 0; i < vectorGradients.size(); i++) {
          gradients.add(LoggedValues.floats((TFloat32) fetched.get(logged + i)));
        }
      });
    }
    return result[0];
  }

  private void run(List<Op> targets, long number, boolean last) {
    Session.Runner runner = model.session().runner();
    targets.forEach(runner::addTarget);
    feed.run(runner, number, last, fetched -> {});
  }

  @Override
  public double updateSeconds() {
    return updateSeconds;
  }
}
