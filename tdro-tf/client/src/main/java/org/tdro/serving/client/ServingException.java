package org.tdro.serving.client;

/** A server's answer other than embeddings. */
public final class ServingException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;

  ServingException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** Returns the error of an answer that is none. */
  static ServingException misunderstood(String why) {
    return new ServingException(200, "the server's answer cannot be understood: " + why);
  }

  /** Returns the same error with what it means before its message. */
  ServingException meaning(String what) {
    return new ServingException(status, what + ": " + getMessage());
  }

  /** Returns whether it says that the served model does not have a signature. */
  boolean isUnknown(String signature) {
    // TensorFlow Serving's words are "Serving signature key … not found" and, elsewhere, "signature
    // name: … not found in signature def".
    return getMessage().contains(signature) && getMessage().contains("not found");
  }

  /**
   * Returns the HTTP status, of a gRPC code the one that corresponds: 413 if the request is too large, which no further attempt
   * changes; 429 or 503 if the server was still busy at the last attempt; 200 if the answer was not understood.
   */
  public int status() {
    return status;
  }
}
