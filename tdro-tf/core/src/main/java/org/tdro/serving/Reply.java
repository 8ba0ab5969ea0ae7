package org.tdro.serving;

import java.nio.charset.StandardCharsets;

/** An answer to a request. */
@SuppressWarnings("ArrayRecordComponent") // sent once, never compared
record Reply(int status, String contentType, byte[] body) {
  static Reply text(String contentType, String body) {
    return new Reply(200, contentType, body.getBytes(StandardCharsets.UTF_8));
  }
}
