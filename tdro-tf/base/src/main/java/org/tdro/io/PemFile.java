package org.tdro.io;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/** A file of certificates or of a private key in PEM. What is wrong with it is an error that names it, and says how to mend it. */
public record PemFile(Path path) {
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String KEY = "PRIVATE KEY";
  private static final Pattern EDGE = Pattern.compile("-----(BEGIN|END) ([A-Z0-9 ]+)-----");

  /** What stands between {@code -----BEGIN label-----} and its end. */
  private record Block(String label, String text) {
    byte[] content() {
      return Base64.getMimeDecoder().decode(text);
    }

    boolean isKey() {
      return label.endsWith(KEY);
    }
  }

  /**
   * Returns the certificates, at least one, in their order.
   *
   * @throws IllegalArgumentException if it holds none, or a private key beside them
   * @throws FileException if it cannot be read
   */
  public List<X509Certificate> certificates() {
    var blocks = blocks();
    var certificates = new ArrayList<X509Certificate>();
    for (var block : blocks) {
      if (block.isKey()) {
        // It would go wherever the certificates are given to.
        throw wrong("holds a private key (BEGIN %s); the file must hold certificates alone"
            .formatted(block.label()));
      }
      if (block.label().equals(CERTIFICATE)) {
        certificates.add(certificate(block));
      }
    }
    if (certificates.isEmpty()) {
      throw wrong("holds no certificate in PEM (BEGIN CERTIFICATE)"
          + (blocks.isEmpty()
              ? "; openssl x509 -inform der -in %s -out NEW.pem makes it of one in DER"
                  .formatted(path)
              : butOther(blocks)));
    }
    return certificates;
  }

  private X509Certificate certificate(Block block) {
    try {
      return (X509Certificate) CertificateFactory.getInstance("X.509")
          .generateCertificate(new ByteArrayInputStream(block.content()));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw wrong("holds a certificate that cannot be read: " + e.getMessage());
    }
  }

  /**
   * Returns the private key, which is in PKCS#8 without a password.
   *
   * @param algorithms that it may be of, such as {@code RSA}
   * @throws IllegalArgumentException if it holds none, or one in another form or of another algorithm
   * @throws FileException if it cannot be read
   */
  public PrivateKey privateKey(List<String> algorithms) {
    var blocks = blocks();
    var found = blocks.stream().filter(Block::isKey).findFirst();
    if (found.isEmpty()) {
      throw wrong("holds no private key in PEM (BEGIN PRIVATE KEY)"
          + (blocks.isEmpty() ? "" : butOther(blocks)));
    }
    var block = found.get();
    if (block.label().startsWith("ENCRYPTED") || block.text().contains("Proc-Type: 4,ENCRYPTED")) {
      throw wrong(
          "holds a key with a password; openssl pkcs8 -topk8 -nocrypt -in %s -out NEW.pem asks for it, and writes the key without"
              .formatted(path));
    }
    if (!block.label().equals(KEY)) {
      throw wrong(
          "holds a key as BEGIN %s; openssl pkcs8 -topk8 -nocrypt -in %s -out NEW.pem writes it as BEGIN PRIVATE KEY"
              .formatted(block.label(), path));
    }
    return key(block, algorithms);
  }

  private PrivateKey key(Block block, List<String> algorithms) {
    try {
      var encoded = new PKCS8EncodedKeySpec(block.content());
      for (var algorithm : algorithms) {
        try {
          return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
        } catch (GeneralSecurityException e) {
          // One of another.
        }
      }
    } catch (IllegalArgumentException e) {
      throw wrong("holds a key that cannot be read: " + e.getMessage());
    }
    throw wrong("holds a key that is damaged, or not " + String.join(" or ", algorithms));
  }

  private static String butOther(List<Block> blocks) {
    return ", but BEGIN " + blocks.get(0).label();
  }

  private List<Block> blocks() {
    String text;
    try {
      text = Files.readString(path, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw FileException.reading(path, e);
    }
    var blocks = new ArrayList<Block>();
    var edges = EDGE.matcher(text);
    while (edges.find()) {
      var label = edges.group(2);
      int begin = edges.end();
      if (edges.group(1).equals("END")
          || !edges.find()
          || !edges.group().equals("-----END " + label + "-----")) {
        throw wrong("has a BEGIN %s without its END, or the other way around".formatted(label));
      }
      blocks.add(new Block(label, text.substring(begin, edges.start())));
    }
    return blocks;
  }

  private IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException(path + " " + what);
  }
}
