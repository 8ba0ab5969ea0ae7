package org.tdro.serving;

/**
 * What became of a version, in the terms of TensorFlow Serving.
 *
 * @param errorCode {@code OK} or the name of a gRPC code
 */
record VersionStatus(long version, State state, String errorCode, String errorMessage) {
  enum State {
    /** It is served. */
    AVAILABLE,
    /** Another took its place, and its last requests are being answered. */
    UNLOADING,
    /** It is served no more, or could not be loaded. */
    END
  }

  static VersionStatus of(long version, State state) {
    return new VersionStatus(version, state, "OK", "");
  }

  static VersionStatus failed(long version, String why) {
    return new VersionStatus(version, State.END, "INVALID_ARGUMENT", why);
  }
}
