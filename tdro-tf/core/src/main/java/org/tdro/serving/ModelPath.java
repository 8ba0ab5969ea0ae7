package org.tdro.serving;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * A path of TensorFlow Serving's REST API: {@code /v1/models/NAME[/versions/V][/metadata|:predict]}.
 *
 * @param version empty means the one that is served
 */
record ModelPath(String name, OptionalLong version, Verb verb) {
  private static final Pattern PATH =
      Pattern.compile("/v1/models/([^/:]+)(?:/versions/(\\d{1,18}))?(/metadata|:predict)?");

  enum Verb {
    STATUS("GET"),
    METADATA("GET"),
    PREDICT("POST");

    private final String method;

    Verb(String method) {
      this.method = method;
    }

    String method() {
      return method;
    }
  }

  static Optional<ModelPath> of(String path) {
    var parts = PATH.matcher(path);
    if (!parts.matches()) {
      return Optional.empty();
    }
    var version = parts.group(2) == null
        ? OptionalLong.empty()
        : OptionalLong.of(Long.parseLong(parts.group(2)));
    var verb = parts.group(3) == null
        ? Verb.STATUS
        : parts.group(3).equals("/metadata") ? Verb.METADATA : Verb.PREDICT;
    return Optional.of(new ModelPath(parts.group(1), version, verb));
  }
}
