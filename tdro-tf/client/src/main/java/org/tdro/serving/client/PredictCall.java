package org.tdro.serving.client;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Calls on a model of a server, by one of TensorFlow Serving's protocols. {@link Attempts} makes them. */
interface PredictCall extends AutoCloseable {
  /** Returns a call for the embeddings of rows, which are padded to {@code length}. */
  Once<float[][]> ids(String signature, IdType type, int[][] rows, int length);

  /**
   * Returns a call for the embeddings of texts.
   *
   * @param inputs a value of each text by the name of the input, {@value RetrieverAssets#TEXT} among them
   */
  Once<float[][]> texts(String signature, Map<String, List<String>> inputs);

  /** Returns a call for whether the server has a version of the model that answers. */
  Once<Boolean> availability();

  /** Lets calls finish that have begun. */
  @Override
  void close();

  /** Returns the calls on a model; throws {@link IllegalArgumentException} if the file of trusted certificates is wrong. */
  static PredictCall of(ModelAddress model, RetrieverClient.Options options) {
    return model.scheme().isGrpc()
        ? new GrpcPredictCall(model, options)
        : new RestPredictCall(model, options);
  }

  /** A call, which may be made several times. */
  @FunctionalInterface
  interface Once<T> {
    /**
     * Calls and returns the answer.
     *
     * @throws ServingException if the server refuses, or the answer is not understood
     * @throws BusyException if the server is too busy now
     * @throws IOException if there is no answer
     */
    T make() throws IOException, BusyException, InterruptedException;
  }

  /** The answer of a server that is too busy now. */
  final class BusyException extends Exception {
    private static final long serialVersionUID = 1;

    private final ServingException answer;
    private final long pauseMillis;

    /**
     * Creates it.
     *
     * @param pauseMillis for which the server asks, 0 if it does not
     */
    BusyException(ServingException answer, long pauseMillis) {
      super(answer);
      this.answer = answer;
      this.pauseMillis = pauseMillis;
    }

    ServingException answer() {
      return answer;
    }

    long pauseMillis() {
      return pauseMillis;
    }
  }
}
