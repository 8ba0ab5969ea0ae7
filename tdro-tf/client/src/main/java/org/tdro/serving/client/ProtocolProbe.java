package org.tdro.serving.client;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.tdro.serving.client.ModelAddress.Scheme;

/** Finds out what a server's port speaks, for the message of a client that has no answer from it. */
record ProtocolProbe(ModelAddress model, RetrieverClient.Options options) {
  private static final int PATIENCE_MILLIS = 2000;
  private static final String HTTP_2 = "h2";

  /** The length of the head of an HTTP/2 frame, of which the fourth byte is the type. */
  private static final int FRAME_HEAD = 9;

  private static final int FRAME_TYPE = 3;
  private static final int SETTINGS = 4;

  /** Returns the protocol; empty if it is not one of them, or the port cannot be reached. */
  Optional<Scheme> spoken() {
    var encrypted = encrypted();
    return encrypted.isPresent() ? encrypted : plain();
  }

  private Optional<Scheme> encrypted() {
    try (var socket =
        (SSLSocket) TrustedCertificates.context(options).getSocketFactory().createSocket()) {
      connect(socket);
      var parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {HTTP_2});
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return Optional.of(
          HTTP_2.equals(socket.getApplicationProtocol()) ? Scheme.GRPCS : Scheme.HTTPS);
    } catch (SSLHandshakeException e) {
      // Such as a certificate that is not trusted: it speaks TLS, with what in it is not known.
      return e.getCause() instanceof EOFException
          ? Optional.empty()
          : Optional.of(model.scheme().encrypted());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** A server of gRPC begins with its settings, whatever it is told. */
  private Optional<Scheme> plain() {
    try (var socket = new Socket()) {
      connect(socket);
      var request =
          "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(model.host());
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
    socket.connect(new InetSocketAddress(model.host(), model.port()), PATIENCE_MILLIS);
    socket.setSoTimeout(PATIENCE_MILLIS);
  }
}
