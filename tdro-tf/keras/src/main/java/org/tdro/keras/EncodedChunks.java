package org.tdro.keras;

import java.util.List;
import org.tdro.keras.ChunkedEncodings.ChunkEncoder;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;

/** What one encoder has to do in one micro-batch, a run of the graph for each chunk. */
final class EncodedChunks {
  private final Model model;
  private final ChunkEncoder encoder;
  private final SequenceChunks chunks;
  private final long firstCounter;
  /** {@code [rows, dimension]} for each call of the step. */
  private final List<float[]> vectors;

  /** @param firstCounter of the random numbers; the chunks count up from it */
  EncodedChunks(
      Model model, ChunkEncoder encoder, Batch batch, Chunking chunking, long firstCounter) {
    this.model = model;
    this.encoder = encoder;
    this.firstCounter = firstCounter;
    var matrices = encoder.calls().stream()
        .map(call -> SequenceMatrix.of(batch, call.sequences()))
        .toList();
    chunks = new SequenceChunks(matrices, chunking);
    vectors = chunks.vectors(encoder.dimension());
  }

  boolean learns() {
    return encoder.learns();
  }

  /** How often the step asks for vectors of this encoder. */
  int calls() {
    return encoder.calls().size();
  }

  /** The first counter that no chunk of this encoder has. */
  long endCounter() {
    return firstCounter + chunks.chunks().size();
  }

  /** Computes the vectors. */
  void encode(StepFeed feed, boolean last) {
    long counter = firstCounter;
    for (var chunk : chunks.chunks()) {
      try (var ids = chunk.ids();
          var mask = chunk.mask()) {
        var runner = model.session().runner();
        runner.feed(encoder.ids(), ids).feed(encoder.mask(), mask).fetch(encoder.vectors());
        feed.run(runner, counter++, last, fetched -> {
          var part = LoggedValues.floats((TFloat32) fetched.get(0));
          chunk.scatter(part, vectors, encoder.dimension());
        });
      }
    }
  }

  /** Feeds the vectors to a run of the step. */
  void feed(FedVectors fed) {
    for (int i = 0; i < calls(); i++) {
      fed.add(encoder.calls().get(i).vectors(), vectors.get(i), encoder.dimension());
    }
  }

  /**
   * Takes the gradients with respect to the vectors through the encoder, with the random numbers that the vectors were made
   * with.
   *
   * @param gradients {@code [rows, dimension]} for each call
   * @param accumulate what adds the gradients of the weights up
   */
  void learn(StepFeed feed, List<float[]> gradients, List<Op> accumulate, boolean last) {
    long counter = firstCounter;
    for (var chunk : chunks.chunks()) {
      try (var ids = chunk.ids();
          var mask = chunk.mask();
          var rows = chunk.gather(gradients, encoder.dimension())) {
        var runner = model.session().runner();
        runner.feed(encoder.ids(), ids).feed(encoder.mask(), mask).feed(encoder.gradients(), rows);
        accumulate.forEach(runner::addTarget);
        feed.run(runner, counter++, last, fetched -> {});
      }
    }
  }
}
