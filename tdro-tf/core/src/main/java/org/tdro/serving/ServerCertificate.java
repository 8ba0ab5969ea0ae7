package org.tdro.serving;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.tdro.io.PemFile;

/**
 * A certificate and its private key, with which a server shows who it is.
 *
 * @param certificate a PEM file with the certificate, and after it those of the authorities in between
 * @param key a PEM file with the key in PKCS#8 without a password ({@code BEGIN PRIVATE KEY})
 */
public record ServerCertificate(Path certificate, Path key) {
  private static final char[] NO_PASSWORD = {};
  private static final byte[] SAMPLE = {1, 2, 3};

  /**
   * Returns what a TLS library asks for the key.
   *
   * @throws IllegalArgumentException naming the file if it is wrong, or both if they do not belong together
   * @throws org.tdro.io.FileException if a file cannot be read
   */
  KeyManager[] keyManagers() {
    var chain = new PemFile(certificate).certificates().toArray(X509Certificate[]::new);
    var publicKey = chain[0].getPublicKey();
    // Others, such as Ed25519, work in one of the two TLS libraries only.
    if (!Set.of("RSA", "EC").contains(publicKey.getAlgorithm())) {
      throw new IllegalArgumentException("%s has a key of the kind %s; it must be RSA or EC"
          .formatted(certificate, publicKey.getAlgorithm()));
    }
    var privateKey = new PemFile(key).privateKey(publicKey.getAlgorithm());
    try {
      if (!belongTogether(privateKey, publicKey)) {
        throw new IllegalArgumentException(
            "%s is not the key of the certificate %s".formatted(key, certificate));
      }
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("server", privateKey, NO_PASSWORD, chain);
      var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, NO_PASSWORD);
      return factory.getKeyManagers();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "%s and %s cannot be used: %s".formatted(certificate, key, e.getMessage()), e);
    }
  }

  /** Returns a context of the JDK's TLS; throws what {@link #keyManagers} throws. */
  SSLContext context() {
    var managers = keyManagers();
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(managers, null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean belongTogether(PrivateKey privateKey, PublicKey publicKey)
      throws GeneralSecurityException {
    var algorithm = switch (publicKey.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> publicKey.getAlgorithm();
    };
    var signature = Signature.getInstance(algorithm);
    signature.initSign(privateKey);
    signature.update(SAMPLE);
    var signed = signature.sign();
    signature.initVerify(publicKey);
    signature.update(SAMPLE);
    return signature.verify(signed);
  }
}
