package org.tdro.keras.gradcache;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tdro.keras.CallContext;
import org.tdro.keras.Execution;
import org.tdro.keras.GradientTape;
import org.tdro.keras.Inputs;
import org.tdro.keras.Model;
import org.tdro.keras.RowEncoder;
import org.tdro.keras.TrainStep;
import org.tdro.keras.TrainingProgram;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/**
 * An execution that encodes a batch chunk by chunk (GradCache, Gao et al. 2021), so that only the activations of one chunk are
 * in memory at a time. Gradients are exact. Each row is encoded twice: {@link CachedProgram} says how.
 *
 * <p>Rows that share an encoder share chunks, whichever inputs they come from.
 */
public final class GradientCache implements Execution {
  private final int chunkRows;
  private final Optional<RowLengths> lengths;

  private GradientCache(int chunkRows, Optional<RowLengths> lengths) {
    this.chunkRows = chunkRows;
    this.lengths = lengths;
  }

  /**
   * Returns an execution in chunks.
   *
   * @param chunkRows rows of a chunk, at least 1
   */
  public static GradientCache of(int chunkRows) {
    if (chunkRows < 1) {
      throw new IllegalArgumentException(
          "the rows of a chunk must be at least 1, were " + chunkRows);
    }
    return new GradientCache(chunkRows, Optional.empty());
  }

  /** Returns the same with rows of like length in a chunk, which is no wider than its longest row needs. */
  public GradientCache sortedBy(RowLengths lengths) {
    return new GradientCache(chunkRows, Optional.of(lengths));
  }

  /** The lengths of padded rows: how much of the second axis of the inputs each of them uses. */
  public interface RowLengths {

    /**
     * Returns the length of every row, at least 1; what is behind it is padding.
     *
     * @param inputs of a micro-batch, {@code [rows, width, ...]} each, in the order in which the step names them
     */
    int[] of(List<Tensor> inputs);

    /** Returns the width of a chunk whose longest row has length {@code longest}; no chunk is wider than its inputs. */
    default int width(int longest) {
      return longest;
    }
  }

  @Override
  public Execution.Builder begin(Model model, GradientTape tape, Inputs batch) {
    return new Builder(model, tape, batch);
  }

  /** A request of the step: rows of {@code inputs}, and the placeholder {@code [rows, dimension]} of their vectors. */
  record Call(List<String> inputs, Placeholder<TFloat32> vectors) {}

  /**
   * One encoder on one chunk.
   *
   * @param learns whether it runs in training and has gradients; a frozen one does not
   * @param rows placeholders of the inputs of a chunk
   * @param vectors {@code [chunk, dimension]}
   * @param gradients placeholder of the gradients of the loss with respect to these
   * @param calls requests of the step, in order
   */
  record ChunkEncoder(
      RowEncoder encoder,
      boolean learns,
      List<Operand<?>> rows,
      Operand<TFloat32> vectors,
      Placeholder<TFloat32> gradients,
      List<Call> calls) {}

  /** The encoders that a step asks for; in the step, vectors are placeholders. */
  private final class Builder implements Execution.Builder {
    private final Model model;
    private final GradientTape tape;
    private final Inputs batch;
    private final List<ChunkEncoder> encoders = new ArrayList<>();

    Builder(Model model, GradientTape tape, Inputs batch) {
      this.model = model;
      this.tape = tape;
      this.batch = batch;
    }

    @Override
    public Operand<TFloat32> encode(CallContext context, RowEncoder encoder, List<String> inputs) {
      var vectors = tape.watch(vectors(tape.tf().withSubScope("encodings"), encoder));
      chunkEncoder(context, encoder, inputs).calls().add(new Call(inputs, vectors));
      return vectors;
    }

    private ChunkEncoder chunkEncoder(
        CallContext context, RowEncoder encoder, List<String> inputs) {
      for (var known : encoders) {
        if (known.encoder() == encoder && known.learns() == context.training()) {
          return known;
        }
      }
      var tf = tape.tf().withSubScope("chunk");
      var rows = new ArrayList<Operand<?>>();
      for (var name : inputs) {
        var input = batch.get(name).asOutput();
        if (input.type() == TString.class) {
          throw new IllegalArgumentException(
              "strings cannot be cut into chunks, such as those of the input " + name);
        }
        rows.add(tf.placeholder(input.type(), Placeholder.shape(input.shape())));
      }
      int assigned = context.assignments().size();
      var chunkVectors = encoder.call(context, rows);
      if (context.assignments().size() > assigned) {
        throw new IllegalArgumentException("an encoder that assigns state, as batch normalization"
            + " does, depends on more than a row and cannot be run in chunks");
      }
      var added = new ChunkEncoder(
          encoder, context.training(), rows, chunkVectors, vectors(tf, encoder), new ArrayList<>());
      encoders.add(added);
      return added;
    }

    private static Placeholder<TFloat32> vectors(Ops tf, RowEncoder encoder) {
      return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, encoder.dimension())));
    }

    @Override
    public TrainingProgram program(TrainStep step) {
      if (encoders.isEmpty()) {
        throw new IllegalStateException(
            "the training step does not call encode, so there are no gradients to cache");
      }
      return new CachedProgram(model, tape, step, encoders, chunkRows, lengths);
    }
  }
}
