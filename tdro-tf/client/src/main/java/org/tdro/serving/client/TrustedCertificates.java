package org.tdro.serving.client;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.tdro.io.PemFile;

/**
 * The certificates of authorities that a client trusts, or of a server itself.
 *
 * @param file in PEM
 */
record TrustedCertificates(Path file) {
  /**
   * Returns what a TLS library asks for trust.
   *
   * @throws IllegalArgumentException naming the file if it is wrong
   */
  TrustManager[] managers() {
    try {
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (var certificate : new PemFile(file).certificates()) {
        store.setCertificateEntry(Integer.toString(store.size()), certificate);
      }
      var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return factory.getTrustManagers();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "%s cannot be used: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Returns a context of the JDK's TLS with the trust of a client; throws what {@link #managers} throws. */
  static SSLContext context(RetrieverClient.Options options) {
    try {
      if (options.trusted().isEmpty()) {
        return SSLContext.getDefault();
      }
      var managers = new TrustedCertificates(options.trusted().get()).managers();
      var context = SSLContext.getInstance("TLS");
      context.init(null, managers, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
