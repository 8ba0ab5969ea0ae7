package org.tdro.serving;

/** Who waits for an answer, and may give up before it is there. */
interface Caller {
  /** A caller that waits as long as the server lets it. */
  Caller PATIENT = new Caller() {
    @Override
    public boolean isGone() {
      return false;
    }

    @Override
    public void whenGone(Runnable action) {}
  };

  /** Returns whether nobody waits any more: the call was cancelled, or its deadline has passed. */
  boolean isGone();

  /** Runs an action once nobody waits any more, in any thread; at once if that is so already. */
  void whenGone(Runnable action);

  /** Returns the error of a request whose caller is gone. */
  static ApiException gone() {
    return new ApiException(ApiException.CLIENT_CLOSED_REQUEST, "the caller no longer waits");
  }
}
