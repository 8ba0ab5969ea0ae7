package org.tdro.serving;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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
  private static final List<String> KEY_KINDS = List.of("RSA", "EC");

  /** Long enough before the end of a certificate for someone to see the warning of a start. */
  private static final Duration SOON = Duration.ofDays(14);

  /**
   * Reads both files.
   *
   * @throws IllegalArgumentException naming the file if it is wrong, or both if they do not belong together
   * @throws org.tdro.io.FileException if a file cannot be read
   */
  Loaded load() {
    var chain = new PemFile(certificate).certificates();
    var publicKey = chain.get(0).getPublicKey();
    // Others, such as Ed25519, work in one of the two TLS libraries only.
    if (!KEY_KINDS.contains(publicKey.getAlgorithm())) {
      throw new IllegalArgumentException("%s has a key of the kind %s; it must be RSA or EC"
          .formatted(certificate, publicKey.getAlgorithm()));
    }
    var privateKey = new PemFile(key).privateKey(KEY_KINDS);
    try {
      if (!belongTogether(privateKey, publicKey)) {
        throw new IllegalArgumentException(
            "%s is not the key of the certificate %s".formatted(key, certificate));
      }
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("server", privateKey, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
      var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, NO_PASSWORD);
      return new Loaded(certificate, chain, factory.getKeyManagers());
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "%s and %s cannot be used: %s".formatted(certificate, key, e.getMessage()), e);
    }
  }

  /**
   * The content of the files.
   *
   * @param file of the certificates
   * @param chain the server's certificate, and those of authorities
   * @param keyManagers what a TLS library asks for the key
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Loaded(Path file, List<X509Certificate> chain, KeyManager[] keyManagers) {
    /** Returns a context of the JDK's TLS. */
    SSLContext context() {
      try {
        var context = SSLContext.getInstance("TLS");
        context.init(keyManagers, null, null);
        return context;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }

    /** Returns a sentence on each certificate that clients refuse now, or soon will. */
    List<String> warnings(Instant now) {
      return chain.stream().flatMap(each -> warning(each, now).stream()).toList();
    }

    private Optional<String> warning(X509Certificate each, Instant now) {
      var begin = each.getNotBefore().toInstant();
      var end = each.getNotAfter().toInstant();
      var what = "the certificate of %s in %s".formatted(each.getSubjectX500Principal(), file);
      if (now.isBefore(begin)) {
        return Optional.of("%s is valid from %s only; clients refuse it".formatted(what, begin));
      }
      if (now.isAfter(end)) {
        return Optional.of("%s expired at %s; clients refuse it".formatted(what, end));
      }
      return now.plus(SOON).isAfter(end)
          ? Optional.of(
              "%s expires at %s; renew it, and start the server again".formatted(what, end))
          : Optional.empty();
    }
  }

  private static boolean belongTogether(PrivateKey privateKey, PublicKey publicKey)
      throws GeneralSecurityException {
    if (!privateKey.getAlgorithm().equals(publicKey.getAlgorithm())) {
      return false;
    }
    var signature = Signature.getInstance(
        publicKey.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA");
    signature.initSign(privateKey);
    signature.update(SAMPLE);
    var signed = signature.sign();
    signature.initVerify(publicKey);
    signature.update(SAMPLE);
    return signature.verify(signed);
  }
}
