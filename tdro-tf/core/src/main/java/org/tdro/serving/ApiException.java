package org.tdro.serving;

/** An error that is the answer to a request; the message is for the client. */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The status that proxies log for a request whose client is gone; nobody sees it as an answer. */
  static final int CLIENT_CLOSED_REQUEST = 499;

  private final int status;

  ApiException(int status, String message) {
    super(message);
    this.status = status;
  }

  static ApiException badRequest(String message) {
    return new ApiException(400, message);
  }

  static ApiException notFound(String message) {
    return new ApiException(404, message);
  }

  /** The HTTP status. */
  int status() {
    return status;
  }
}
