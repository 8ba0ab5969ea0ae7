package org.tdro.serving.client;

/** What a server answered that is not embeddings. */
public final class ServingException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;

  ServingException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** The HTTP status, 200 if the answer was not understood. */
  public int status() {
    return status;
  }
}
