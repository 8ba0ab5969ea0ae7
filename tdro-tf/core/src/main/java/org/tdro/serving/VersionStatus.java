package org.tdro.serving;

/**
 * The state of a version, in the terms of TensorFlow Serving.
 *
 * @param errorCode {@code OK} or the name of a gRPC code
 */
record VersionStatus(long version, State state, String errorCode, String errorMessage) {
  enum State {
    /** The version is served. */
    AVAILABLE,
    /** Another version took its place, and its last requests are being answered. */
    UNLOADING,
    /** The version is no longer served, or could not be loaded. */
    END
  }

  static VersionStatus of(long version, State state) {
    return new VersionStatus(version, state, "OK", "");
  }

  static VersionStatus failed(long version, String why) {
    return new VersionStatus(version, State.END, "INVALID_ARGUMENT", why);
  }
}
