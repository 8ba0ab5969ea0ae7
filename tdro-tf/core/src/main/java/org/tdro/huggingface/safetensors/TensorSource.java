package org.tdro.huggingface.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Gives the values of tensors when they are written. */
@FunctionalInterface
public interface TensorSource {
  /** Gives {@code sink} all bytes of a tensor, little-endian and in order, in as many pieces as it likes. */
  void write(TensorSpec tensor, Sink sink) throws IOException;

  /** Takes the bytes of one tensor. */
  @FunctionalInterface
  interface Sink {
    /** Takes what remains of {@code bytes}, which may be used again afterwards. */
    void write(ByteBuffer bytes) throws IOException;
  }
}
