package org.tdro.serving.client;

import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * The address of a model on a server, {@code SCHEME://HOST:PORT/v1/models/NAME} or {@code …/NAME/versions/V}. Over HTTP the port may
 * be left out, and a proxy's path may stand before the model's.
 *
 * @param uri with the scheme in lower case and no slash at its end
 * @param name of the model
 * @param version empty for the one that the server chooses
 */
record ModelAddress(URI uri, Scheme scheme, String name, OptionalLong version) {
  private static final int HIGHEST_PORT = 65_535;
  private static final Pattern PATH =
      Pattern.compile("(.*)/v1/models/([^/:]+)(?:/versions/(\\d{1,18}))?");

  /** A protocol, by which an address begins. */
  enum Scheme {
    HTTP("HTTP", 80),
    HTTPS("HTTP with TLS", 443),
    GRPC("gRPC", 0),
    GRPCS("gRPC with TLS", 0);

    private final String protocol;
    private final int usualPort;

    Scheme(String protocol, int usualPort) {
      this.protocol = protocol;
      this.usualPort = usualPort;
    }

    /** Returns its name for people. */
    String protocol() {
      return protocol;
    }

    boolean isGrpc() {
      return this == GRPC || this == GRPCS;
    }

    boolean isEncrypted() {
      return this == HTTPS || this == GRPCS;
    }

    /** Returns the same protocol with TLS. */
    Scheme encrypted() {
      return isGrpc() ? GRPCS : HTTPS;
    }

    /** Returns HTTP for gRPC and gRPC for HTTP, with TLS or without as this is. */
    Scheme other() {
      return switch (this) {
        case HTTP -> GRPC;
        case HTTPS -> GRPCS;
        case GRPC -> HTTP;
        case GRPCS -> HTTPS;
      };
    }

    /** As in an address. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Reads an address.
   *
   * @throws IllegalArgumentException if it is not that of a model
   */
  static ModelAddress of(URI address) {
    var scheme = Arrays.stream(Scheme.values())
        .filter(each -> each.toString().equalsIgnoreCase(address.getScheme()))
        .findFirst()
        .orElseThrow(() -> wrong(address, "begin with http, https, grpc or grpcs"));
    int port = address.getPort();
    if (address.getRawUserInfo() != null) {
      // Not with the address, which may hold a password.
      throw new IllegalArgumentException(
          "the address of a server must have no user and no password before its host; neither is sent");
    }
    if (address.getHost() == null || (scheme.isGrpc() && port < 0)) {
      throw wrong(
          address,
          scheme.isGrpc()
              ? "have a host, of letters, digits, dots and hyphens, and a port, as grpc://localhost:8500"
              : "have a host, of letters, digits, dots and hyphens");
    }
    if (port == 0 || port > HIGHEST_PORT) {
      throw wrong(address, "have a port from 1 to " + HIGHEST_PORT);
    }
    var path = address.getPath().replaceFirst("/+$", "");
    var parts = PATH.matcher(path);
    if (address.getRawQuery() != null
        || address.getRawFragment() != null
        || !parts.matches()
        || (scheme.isGrpc() && !parts.group(1).isEmpty())) {
      throw wrong(
          address, "be %s://HOST:PORT/v1/models/NAME, or …/NAME/versions/V".formatted(scheme));
    }
    var uri = URI.create("%s://%s%s"
        .formatted(
            scheme, address.getRawAuthority(), address.getRawPath().replaceFirst("/+$", "")));
    return new ModelAddress(
        uri,
        scheme,
        parts.group(2),
        parts.group(3) == null
            ? OptionalLong.empty()
            : OptionalLong.of(Long.parseLong(parts.group(3))));
  }

  private static IllegalArgumentException wrong(URI address, String what) {
    return new IllegalArgumentException("the address must %s, was %s".formatted(what, address));
  }

  String host() {
    return uri.getHost();
  }

  /** Returns the port, the protocol's usual one if the address has none. */
  int port() {
    return uri.getPort() < 0 ? scheme.usualPort : uri.getPort();
  }

  /** As it was given, but for the form of the scheme and slashes at the end. */
  @Override
  public String toString() {
    return uri.toString();
  }
}
