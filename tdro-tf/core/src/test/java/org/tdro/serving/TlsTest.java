package org.tdro.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.export.SmallExport;
import org.tdro.io.FileException;
import org.tdro.serving.client.IdType;
import org.tdro.serving.client.RetrieverClient;
import org.tdro.serving.client.TextClient;

/** With certificates that the JDK's keytool makes, each its own authority. */
@Timeout(120)
class TlsTest {
  private static final List<String> TEXTS = List.of("which city?", "", "a city of cities");

  /** One attempt: a handshake that failed fails again. */
  private static final RetrieverClient.Options ONCE =
      new RetrieverClient.Options(2, Duration.ofSeconds(30), 1, Duration.ZERO, Optional.empty());

  @TempDir
  static Path folder;

  private static ServerCertificate certificate;
  private static ServerCertificate other;
  private static ModelServer server;

  @BeforeAll
  static void serve() throws Exception {
    certificate = certificate("server", "EC");
    other = certificate("other", "RSA");
    SmallExport.write(
        SmallExport.retriever(folder.resolve("model")), IdType.INT32, folder.resolve("base/1"));
    server = ModelServer.start(
        folder.resolve("base"), ServerOptions.local().with(endpoint(certificate)));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static ServerOptions.Endpoint endpoint(ServerCertificate certificate) {
    return new ServerOptions.Endpoint("127.0.0.1", 0, OptionalInt.of(0), Optional.of(certificate));
  }

  private static ServerCertificate certificate(String name, String algorithm, String... validity)
      throws Exception {
    var store = folder.resolve(name + ".p12");
    var command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
        "-genkeypair",
        "-alias",
        name,
        "-keyalg",
        algorithm,
        "-dname",
        "CN=" + name,
        "-ext",
        "san=dns:localhost,ip:127.0.0.1",
        "-keystore",
        store.toString(),
        "-storetype",
        "PKCS12",
        "-storepass",
        "changeit"));
    command.addAll(List.of(validity));
    var keytool = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
    assertThat(keytool.waitFor()).isZero();
    var password = "changeit".toCharArray();
    var keys = KeyStore.getInstance(store.toFile(), password);
    return new ServerCertificate(
        pem(name + ".crt", "CERTIFICATE", keys.getCertificate(name).getEncoded()),
        pem(name + ".key", "PRIVATE KEY", keys.getKey(name, password).getEncoded()));
  }

  private static Path pem(String file, String what, byte[] content) throws IOException {
    var text = "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(what, Base64.getMimeEncoder().encodeToString(content), what);
    return Files.writeString(folder.resolve(file), text);
  }

  private static List<URI> addresses() {
    return List.of(server.uri(), server.grpcUri().orElseThrow());
  }

  @Test
  void bothProtocolsGiveTheSameBits() {
    assertThat(addresses()).extracting(URI::getScheme).containsExactly("https", "grpcs");
    var embeddings = new ArrayList<float[][]>();
    var options = ONCE.trusting(certificate.certificate());
    for (var address : addresses()) {
      try (var client = RetrieverClient.connect(address, folder.resolve("base/1"), options)) {
        assertThat(client.isAvailable()).isTrue();
        embeddings.add(client.encodeQueries(TEXTS));
      }
    }
    assertThat(embeddings.get(0)).hasDimensions(TEXTS.size(), 12);
    assertThat(embeddings.get(1)).isDeepEqualTo(embeddings.get(0));
  }

  @Test
  void aServerWhoseAuthorityIsNotTrustedIsNotAsked() {
    for (var address : addresses()) {
      for (var options : List.of(ONCE, ONCE.trusting(other.certificate()))) {
        try (var client = new TextClient(address.resolve("/v1/models/small"), options)) {
          assertThat(client.isAvailable()).isFalse();
          assertThatThrownBy(() -> client.embedQueries(TEXTS))
              .isInstanceOf(UncheckedIOException.class)
              .hasMessageContaining("no answer from " + address)
              .hasMessageContaining("certification path");
        }
      }
    }
  }

  /** Each port is asked as each of the four. */
  @ParameterizedTest
  @ValueSource(strings = {"http", "https", "grpc", "grpcs"})
  void anAddressWithAnotherProtocolIsToldWhichItIs(String scheme) {
    var options = new RetrieverClient.Options(
        2,
        Duration.ofSeconds(3),
        50,
        Duration.ofMinutes(1),
        Optional.of(certificate.certificate()));
    var plain = new ServerOptions.Endpoint("127.0.0.1", 0, OptionalInt.of(0), Optional.empty());
    try (var other =
        ModelServer.start(folder.resolve("base"), ServerOptions.local().with(plain))) {
      var all = new ArrayList<>(addresses());
      all.addAll(List.of(other.uri(), other.grpcUri().orElseThrow()));
      for (var address : all) {
        if (address.getScheme().equals(scheme)) {
          continue;
        }
        var model =
            URI.create("%s://127.0.0.1:%d/v1/models/small".formatted(scheme, address.getPort()));
        try (var client = new TextClient(model, options)) {
          assertThatThrownBy(() -> client.embedQueries(TEXTS))
              .isInstanceOf(UncheckedIOException.class)
              .hasMessageStartingWith("no answer from " + model + ": the port seems to speak ")
              .hasMessageEndingWith("then the address begins with %s://", address.getScheme());
        }
      }
    }
  }

  @Test
  void certificatesThatAreRefusedOrSoonWillBeAreWarnedOf() throws Exception {
    assertThat(warnings("now", "-validity", "90")).isEmpty();
    assertThat(warnings("soon", "-validity", "13")).contains("CN=soon").contains("expires at 20");
    assertThat(warnings("past", "-startdate", "-20d", "-validity", "10"))
        .contains("expired at 20")
        .contains("clients refuse it");
    assertThat(warnings("future", "-startdate", "+2d", "-validity", "90"))
        .contains("is valid from 20");
  }

  private static String warnings(String name, String... validity) throws Exception {
    return String.join("\n", certificate(name, "EC", validity).load().warnings(Instant.now()));
  }

  private static void assertRefused(Path certificate, Path key, String why) {
    var endpoint = endpoint(new ServerCertificate(certificate, key));
    assertThatThrownBy(() ->
            ModelServer.start(folder.resolve("base"), ServerOptions.local().with(endpoint)))
        .isInstanceOfAny(IllegalArgumentException.class, FileException.class)
        .hasMessageContaining(why);
  }

  @Test
  void filesThatAreWrongAreNamed() throws Exception {
    var missing = folder.resolve("missing.pem");
    var text = Files.writeString(folder.resolve("text.pem"), "not PEM\n");
    var cut = Files.writeString(folder.resolve("cut.pem"), "-----BEGIN PRIVATE KEY-----\nAAAA\n");
    var both = Files.writeString(
        folder.resolve("both.pem"),
        Files.readString(certificate.certificate()) + Files.readString(certificate.key()));
    var broken = pem("broken.pem", "PRIVATE KEY", new byte[] {1, 2, 3});
    var brokenCertificate = pem("broken.crt", "CERTIFICATE", new byte[] {1, 2, 3});
    assertRefused(missing, certificate.key(), "cannot read " + missing + ": there is no such file");
    assertRefused(certificate.certificate(), missing, "cannot read " + missing);
    assertRefused(text, certificate.key(), text + " holds no certificate in PEM");
    assertRefused(
        brokenCertificate,
        certificate.key(),
        brokenCertificate + " holds a certificate that cannot be read: ");
    for (var withKey : List.of(certificate.key(), both)) {
      assertRefused(
          withKey,
          certificate.key(),
          withKey
              + " holds a private key (BEGIN PRIVATE KEY); the file must hold certificates alone");
    }
    assertRefused(
        certificate.certificate(),
        certificate.certificate(),
        certificate.certificate()
            + " holds no private key in PEM (BEGIN PRIVATE KEY), but BEGIN CERTIFICATE");
    assertRefused(certificate.certificate(), cut, cut + " has a BEGIN PRIVATE KEY without its END");
    assertRefused(
        certificate.certificate(),
        broken,
        broken + " holds a key that is damaged, or not RSA or EC");
    assertRefused(
        certificate.certificate(),
        other.key(),
        other.key() + " is not the key of the certificate " + certificate.certificate());
    var second = new ServerCertificate(
        certificate.certificate(), certificate("second", "EC").key());
    assertRefused(
        second.certificate(),
        second.key(),
        second.key() + " is not the key of the certificate " + second.certificate());
  }

  /** As openssl writes them. */
  @ParameterizedTest
  @CsvSource({
    "EC PRIVATE KEY, holds a key as BEGIN EC PRIVATE KEY",
    "RSA PRIVATE KEY, holds a key as BEGIN RSA PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY, holds a key with a password"
  })
  void aKeyInAnotherFormIsToldHowItIsConverted(String label, String why) throws Exception {
    var key = pem("form.pem", label, new byte[] {1, 2, 3});
    assertRefused(
        certificate.certificate(),
        key,
        "%s %s; openssl pkcs8 -topk8 -nocrypt -in %s -out NEW.pem".formatted(key, why, key));
  }

  @ParameterizedTest
  @ValueSource(strings = {"https", "grpcs"})
  void aFileOfAuthoritiesThatIsWrongIsNamed(String scheme) throws IOException {
    var text = Files.writeString(folder.resolve("authorities.pem"), "none\n");
    var address = URI.create(scheme + "://localhost:1/v1/models/small");
    assertThatThrownBy(() -> new TextClient(address, ONCE.trusting(text)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(text.toString());
  }
}
