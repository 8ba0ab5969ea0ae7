package org.tdro.serving.client;

/** A server's answer other than embeddings. */
public final class ServingException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;

  ServingException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** Returns the HTTP status, 200 if the answer was not understood. */
  public int status() {
    return status;
  }
}
