package org.tdro.huggingface;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.tdro.huggingface.safetensors.ShardPlan;
import org.tdro.huggingface.safetensors.TensorSpec;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/**
 * Fetches tensors from a session as they are written, one after the other. Several come in one run, since each run of other
 * operations has to be prepared; of their values only a piece is in Java's heap.
 */
final class TensorFetching implements ShardPlan.Source, AutoCloseable {
  /** Bytes of values in a run, unless a single tensor has more. */
  static final long BYTES_PER_RUN = 1L << 29;

  private static final int PIECE = 1 << 18;

  private final Session session;
  private final List<CheckpointWriter.Written> tensors;
  private final long bytesPerRun;
  private final float[] values = new float[PIECE];
  private final ByteBuffer bytes = ByteBuffer.allocate(PIECE * Float.BYTES);
  private Result fetched;
  private int first;
  private int end;
  private int next;

  TensorFetching(Session session, List<CheckpointWriter.Written> tensors, long bytesPerRun) {
    this.session = session;
    this.tensors = List.copyOf(tensors);
    this.bytesPerRun = bytesPerRun;
  }

  @Override
  public void write(TensorSpec tensor, Sink sink) throws IOException {
    if (!tensors.get(next).spec().equals(tensor)) {
      throw new IllegalArgumentException(
          tensor + " is asked for, but it is the turn of " + tensors.get(next).spec());
    }
    if (next == end) {
      fetch();
    }
    write((TFloat32) fetched.get(next - first), tensor, sink);
    next++;
  }

  private void fetch() {
    close();
    first = next;
    long size = 0;
    var runner = session.runner();
    do {
      var tensor = tensors.get(end++);
      runner.fetch(tensor.value());
      size += tensor.spec().elements() * Float.BYTES;
    } while (end < tensors.size()
        && size + tensors.get(end).spec().elements() * Float.BYTES <= bytesPerRun);
    fetched = runner.run();
  }

  private void write(TFloat32 value, TensorSpec tensor, Sink sink) throws IOException {
    var data = value.asRawTensor().data().asFloats();
    for (long start = 0; start < tensor.elements(); start += PIECE) {
      int count = (int) Math.min(PIECE, tensor.elements() - start);
      data.offset(start).read(values, 0, count);
      bytes.clear();
      tensor.type().write(values, 0, count, bytes);
      sink.write(bytes.flip());
    }
  }

  @Override
  public void close() {
    if (fetched != null) {
      fetched.close();
      fetched = null;
    }
  }
}
