package org.tdro.keras;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
  private final Map<ChunkEncoder, List<Op>> accumulate;
  private final List<Op> clear;
  private final List<Op> update;
  private double updateSeconds;

  private ChunkedProgram(
      Model model,
      ChunkedEncodings encodings,
      LoggedValues logs,
      List<Operand<TFloat32>> vectorGradients,
      List<Op> writes,
      Map<ChunkEncoder, List<Op>> accumulate,
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

    var vectors = new ArrayList<Operand<TFloat32>>();
    encodings.encoders().stream()
        .filter(ChunkEncoder::learns)
        .forEach(encoder -> encoder.calls().forEach(call -> vectors.add(call.vectors())));
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

    var accumulate = new HashMap<ChunkEncoder, List<Op>>();
    for (var encoder : encodings.encoders()) {
      if (encoder.learns()) {
        var variables = step.weights().stream().map(Weight::variable).toList();
        var parts =
            tape.partial(List.of(encoder.vectors()), variables, List.of(encoder.gradients()));
        // Accumulators are read by nothing else in this run, so a gradient is added, and its memory
        // free, as soon as it is known.
        accumulate.put(encoder, sums.add(tf, parts));
      }
    }
    sums.requireAll();
    var update = sums.update(tf, model.counter());
    return new ChunkedProgram(
        model, encodings, logs, vectorGradients, writes, accumulate, sums.clear(tf), update);
  }

  /** The chunks of one encoder in one micro-batch; vectors and gradients are {@code [rows, dimension]} for each call. */
  private record Part(
      ChunkEncoder encoder, SequenceChunks chunks, long firstCounter, List<float[]> vectors) {}

  @Override
  public Logs run(Batch batch, int microBatch, int microBatches) {
    boolean last = microBatch == microBatches - 1;
    long number = model.iterations() * microBatches + microBatch;
    if (microBatch == 0) {
      // What an update that failed midway left behind does no harm.
      run(clear, number, last);
    }
    var parts = parts(batch, number);
    parts.forEach(part -> encode(part, last));
    var gradients = new ArrayList<float[]>();
    var result = step(batch, parts, number, last, gradients);
    int call = 0;
    for (var part : parts) {
      if (part.encoder().learns()) {
        int end = call + part.encoder().calls().size();
        learn(part, gradients.subList(call, end), last);
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

  private List<Part> parts(Batch batch, long number) {
    var parts = new ArrayList<Part>();
    long counter = Math.multiplyExact(number, MOST_CHUNKS);
    long end = Math.addExact(counter, MOST_CHUNKS);
    for (var encoder : encodings.encoders()) {
      var matrices = encoder.calls().stream()
          .map(call -> SequenceMatrix.of(batch, call.sequences()))
          .toList();
      var chunks = new SequenceChunks(matrices, encodings.chunking());
      parts.add(new Part(encoder, chunks, counter, chunks.vectors(encoder.dimension())));
      counter += chunks.chunks().size();
    }
    if (counter > end) {
      throw new IllegalArgumentException(
          "a micro-batch has more than " + MOST_CHUNKS + " chunks: make them larger");
    }
    return parts;
  }

  private void encode(Part part, boolean last) {
    var encoder = part.encoder();
    long counter = part.firstCounter();
    for (var chunk : part.chunks().chunks()) {
      try (var ids = chunk.ids();
          var mask = chunk.mask()) {
        var runner = model.session().runner();
        runner.feed(encoder.ids(), ids).feed(encoder.mask(), mask).fetch(encoder.vectors());
        feed.run(runner, counter++, last, fetched -> {
          var vectors = LoggedValues.floats((TFloat32) fetched.get(0));
          chunk.scatter(vectors, part.vectors(), encoder.dimension());
        });
      }
    }
  }

  /** Runs the step on the vectors of {@code parts} and puts the gradients with respect to them into {@code gradients}. */
  private Logs step(
      Batch batch, List<Part> parts, long number, boolean last, List<float[]> gradients) {
    var runner = model.session().runner();
    feed.inputs(runner, batch);
    logs.operands().forEach(runner::fetch);
    vectorGradients.forEach(runner::fetch);
    writes.forEach(runner::addTarget);
    var result = new Logs[1];
    try (var fed = new FedVectors(runner)) {
      for (var part : parts) {
        for (int i = 0; i < part.vectors().size(); i++) {
          fed.add(
              part.encoder().calls().get(i).vectors(),
              part.vectors().get(i),
              part.encoder().dimension());
        }
      }
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

  private void learn(Part part, List<float[]> gradients, boolean last) {
    var encoder = part.encoder();
    // The random numbers of the first time.
    long counter = part.firstCounter();
    for (var chunk : part.chunks().chunks()) {
      try (var ids = chunk.ids();
          var mask = chunk.mask();
          var rows = chunk.gather(gradients, encoder.dimension())) {
        var runner = model.session().runner();
        runner.feed(encoder.ids(), ids).feed(encoder.mask(), mask).feed(encoder.gradients(), rows);
        accumulate.get(encoder).forEach(runner::addTarget);
        feed.run(runner, counter++, last, fetched -> {});
      }
    }
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
