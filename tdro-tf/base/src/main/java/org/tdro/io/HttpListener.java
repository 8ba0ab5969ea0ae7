package org.tdro.io;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import javax.net.ssl.SSLContext;

/**
 * Opens the JDK's HTTP servers, which take some settings from system properties alone. They are read once in a process, at the first
 * server, whichever that is: so all are opened here.
 */
public final class HttpListener {
  static {
    // In seconds: a client that sends or reads more slowly does not hold a thread forever.
    setUnlessSet("sun.net.httpserver.maxReqTime", "10");
    setUnlessSet("sun.net.httpserver.maxRspTime", "120");
    // Otherwise every answer to a kept connection waits 40 ms for the client's acknowledgement.
    setUnlessSet("sun.net.httpserver.nodelay", "true");
  }

  private HttpListener() {}

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /**
   * Returns a server that listens, and is not started yet.
   *
   * @param port where it listens; 0 for any that is free
   * @param backlog connections that may wait; 0 for the system's usual number
   * @throws IOException if the port is taken, or the address is not one of this machine
   */
  public static HttpServer listen(String host, int port, int backlog) throws IOException {
    return HttpServer.create(free(host, port), backlog);
  }

  /**
   * Returns a server for HTTPS that listens, and is not started yet.
   *
   * @param tls with the server's certificate
   * @throws IOException as {@link #listen(String, int, int)}
   */
  public static HttpServer listen(String host, int port, int backlog, SSLContext tls)
      throws IOException {
    var server = HttpsServer.create(free(host, port), backlog);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    return server;
  }

  private static InetSocketAddress free(String host, int port) throws IOException {
    var address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new IOException("the address is not known");
    }
    // The JDK's server never closes a socket that it could not bind.
    try (var probe = new ServerSocket()) {
      probe.bind(address);
    }
    return address;
  }
}
