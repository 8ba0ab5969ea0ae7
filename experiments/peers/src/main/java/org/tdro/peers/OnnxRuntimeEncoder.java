package org.tdro.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.tdro.data.TokenMatrix;

/** A BERT-like encoder in ONNX Runtime: the mean of the last states of a text's tokens, scaled to length 1. Owns its session. */
final class OnnxRuntimeEncoder implements AutoCloseable {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final int dimension;

  /**
   * Loads a model.
   *
   * @param file whose first output is the last states, {@code [batch, length, dimension]}
   * @param threads that share a product of matrices
   */
  OnnxRuntimeEncoder(Path file, int dimension, int threads) throws OrtException {
    this.dimension = dimension;
    try (var options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      session = environment.createSession(file.toString(), options);
    }
  }

  /** Returns the embeddings of a batch, {@code [rows, dimension]} row-major. */
  float[] encode(TokenMatrix texts) {
    var inputs = new HashMap<String, OnnxTensor>();
    try {
      put(inputs, "input_ids", texts, texts.ids());
      put(inputs, "attention_mask", texts, texts.mask());
      if (session.getInputNames().contains("token_type_ids")) {
        put(inputs, "token_type_ids", texts, new int[texts.ids().length]);
      }
      try (var result = session.run(inputs)) {
        return means(((OnnxTensor) result.get(0)).getFloatBuffer().array(), texts);
      }
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime: " + e.getMessage(), e);
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private void put(Map<String, OnnxTensor> inputs, String name, TokenMatrix texts, int[] values)
      throws OrtException {
    var buffer = LongBuffer.allocate(values.length);
    for (int value : values) {
      buffer.put(value);
    }
    long[] shape = {texts.rows(), texts.length()};
    inputs.put(name, OnnxTensor.createTensor(environment, buffer.flip(), shape));
  }

  private float[] means(float[] states, TokenMatrix texts) {
    var embeddings = new float[texts.rows() * dimension];
    for (int row = 0; row < texts.rows(); row++) {
      int to = row * dimension;
      for (int token = 0; token < texts.length(); token++) {
        int at = row * texts.length() + token;
        if (texts.mask()[at] == 1) {
          for (int i = 0; i < dimension; i++) {
            embeddings[to + i] += states[at * dimension + i];
          }
        }
      }
      double squares = 0;
      for (int i = 0; i < dimension; i++) {
        squares += (double) embeddings[to + i] * embeddings[to + i];
      }
      // The number of tokens is a factor that the scaling takes away.
      for (int i = 0; i < dimension; i++) {
        embeddings[to + i] /= (float) Math.sqrt(squares);
      }
    }
    return embeddings;
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
