package org.tdro.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/** A file of certificates or of a private key in PEM. What is wrong with it is an error that names it. */
public record PemFile(Path path) {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

  /**
   * Returns the certificates, at least one, in their order.
   *
   * @throws IllegalArgumentException if it holds none, or something else
   * @throws FileException if it cannot be read
   */
  public List<X509Certificate> certificates() {
    try (var stream = Files.newInputStream(path)) {
      var certificates =
          CertificateFactory.getInstance("X.509").generateCertificates(stream).stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (certificates.isEmpty()) {
        throw new IllegalArgumentException(path + " holds no certificate");
      }
      return certificates;
    } catch (CertificateException e) {
      throw new IllegalArgumentException(
          path + " is not a file of certificates in PEM: " + e.getMessage(), e);
    } catch (IOException e) {
      throw FileException.reading(path, e);
    }
  }

  /**
   * Returns the private key, which is in PKCS#8 without a password.
   *
   * @param algorithm as the certificate's public key says
   * @throws IllegalArgumentException if it holds none, or one of another algorithm
   * @throws FileException if it cannot be read
   */
  public PrivateKey privateKey(String algorithm) {
    var pem = KEY.matcher(text());
    if (!pem.find()) {
      throw new IllegalArgumentException(
          "%s holds no BEGIN PRIVATE KEY; of a key in another form, openssl pkcs8 -topk8 -nocrypt -in %s makes one"
              .formatted(path, path));
    }
    try {
      var encoded = Base64.getMimeDecoder().decode(pem.group(1));
      return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "%s is not an %s key: %s".formatted(path, algorithm, e.getMessage()), e);
    }
  }

  private String text() {
    try {
      return Files.readString(path, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw FileException.reading(path, e);
    }
  }
}
