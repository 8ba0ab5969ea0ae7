package org.tdro.serving.client;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.tdro.serving.client.ModelAddress.Scheme;

/**
 * Finds out what a server's port speaks, for the message of a client that has no answer from it. It is asked in the client's own
 * protocol first, since a port may speak several.
 */
record ProtocolProbe(ModelAddress model, RetrieverClient.Options options) {
  private static final int PATIENCE_MILLIS = 3000;

  /** Of one connection, of which there are up to four. */
  private static final int READING_MILLIS = 600;

  private static final String HTTP_1 = "http/1.1";
  private static final String HTTP_2 = "h2";

  /** The length of the head of an HTTP/2 frame, of which the fourth byte is the type. */
  private static final int FRAME_HEAD = 9;

  private static final int FRAME_TYPE = 3;
  private static final int SETTINGS = 4;

  /** How a connection of HTTP/2 begins: a line that no other protocol has, and a frame of no settings. */
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0";

  /**
   * Returns the protocol, after three seconds at most.
   *
   * @return empty if it is not one of them, the port cannot be reached, or it is reached through a proxy
   */
  Optional<Scheme> spoken() throws InterruptedException {
    if (isBehindProxy()) {
      return Optional.empty();
    }
    var found = new CompletableFuture<Optional<Scheme>>();
    // Each reading has its timeout, but not all together: whoever asks waits no longer than for
    // one.
    var thread = new Thread(() -> found.complete(ask()), "protocol-probe");
    thread.setDaemon(true);
    thread.start();
    try {
      return found.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return Optional.empty();
    }
  }

  private boolean isBehindProxy() {
    var proxies = ProxySelector.getDefault();
    // What gRPC asks, too, is how its own addresses would be reached with HTTP and TLS.
    var asked = URI.create("https://%s:%d".formatted(model.host(), model.port()));
    return proxies != null && !proxies.select(asked).get(0).equals(Proxy.NO_PROXY);
  }

  private Optional<Scheme> ask() {
    return model.scheme().isEncrypted() ? encrypted().or(this::plain) : plain().or(this::encrypted);
  }

  private Optional<Scheme> encrypted() {
    var isEncrypted = false;
    for (var offered :
        List.of(model.scheme().encrypted(), model.scheme().other().encrypted())) {
      var protocol = offered.isGrpc() ? HTTP_2 : HTTP_1;
      try {
        if (negotiated(protocol).equals(protocol)) {
          return Optional.of(offered);
        }
        isEncrypted = true;
      } catch (SSLHandshakeException e) {
        boolean isAboutProtocols = e.getCause() instanceof EOFException
            || e.getMessage().contains("no_application_protocol");
        if (!isAboutProtocols) {
          // Such as a certificate that is not trusted: it speaks TLS, with what in it is not known.
          return Optional.of(model.scheme().encrypted());
        }
      } catch (IOException e) {
        // It does not speak TLS, or not now.
      }
    }
    // A server that takes neither may still speak HTTP; gRPC requires a choice.
    return isEncrypted ? Optional.of(Scheme.HTTPS) : Optional.empty();
  }

  /** Returns the protocol on which a server agrees that is offered one; empty if it agrees on none. */
  private String negotiated(String offered) throws IOException {
    try (var socket =
        (SSLSocket) TrustedCertificates.context(options).getSocketFactory().createSocket()) {
      connect(socket);
      var parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {offered});
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return String.valueOf(socket.getApplicationProtocol());
    }
  }

  private Optional<Scheme> plain() {
    var line = "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(model.host());
    // A server of gRPC answers both with its settings.
    return model.scheme().isGrpc() ? plain(PREFACE).or(() -> plain(line)) : plain(line);
  }

  private Optional<Scheme> plain(String request) {
    try (var socket = new Socket()) {
      connect(socket);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      var head = socket.getInputStream().readNBytes(FRAME_HEAD);
      if (new String(head, StandardCharsets.ISO_8859_1).startsWith("HTTP/")) {
        return Optional.of(Scheme.HTTP);
      }
      return head.length == FRAME_HEAD && head[FRAME_TYPE] == SETTINGS
          ? Optional.of(Scheme.GRPC)
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void connect(Socket socket) throws IOException {
    socket.connect(new InetSocketAddress(model.host(), model.port()), READING_MILLIS);
    socket.setSoTimeout(READING_MILLIS);
  }
}
