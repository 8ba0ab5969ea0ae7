package org.tdro.serving.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelAddressTest {
  @ParameterizedTest
  @CsvSource({
    "http://localhost:8501/v1/models/small, HTTP, 8501, small, ",
    "http://localhost/v1/models/small//, HTTP, 80, small, ",
    "HTTPS://localhost/a/proxy/v1/models/small/versions/3, HTTPS, 443, small, 3",
    "GRPC://localhost:8500/v1/models/a%20b/versions/12/, GRPC, 8500, a b, 12",
    "gRPCs://[::1]:65535/v1/models/x, GRPCS, 65535, x, "
  })
  void itsPartsAreRead(
      URI address, ModelAddress.Scheme scheme, int port, String name, Long version) {
    var model = ModelAddress.of(address);
    assertThat(model.scheme()).isEqualTo(scheme);
    assertThat(model.port()).isEqualTo(port);
    assertThat(model.name()).isEqualTo(name);
    assertThat(model.version().isPresent()).isEqualTo(version != null);
    assertThat(model.version().orElse(0)).isEqualTo(version == null ? 0 : version);
    assertThat(model.toString())
        .isEqualTo(scheme + address.toString().replaceFirst("^[^:]*", "").replaceFirst("/+$", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "ftp://localhost:1/v1/models/x, 'begin with http, https, grpc or grpcs'",
    "localhost:1, 'begin with http, https, grpc or grpcs'",
    "v1/models/x, 'begin with http, https, grpc or grpcs'",
    "http:x, have a host",
    "http://:8501/v1/models/x, have a host",
    "grpc://localhost/v1/models/x, 'have a host, of letters, digits, dots and hyphens, and a port'",
    "grpc://localhost:0/v1/models/x, have a port from 1 to 65535",
    "grpc://localhost:65536/v1/models/x, have a port from 1 to 65535",
    "http://localhost:70000/v1/models/x, have a port from 1 to 65535",
    "http://localhost:99999999999/v1/models/x, have a host",
    "http://localhost:1, 'be http://HOST:PORT/v1/models/NAME'",
    "http://localhost:1/v1/models/x:predict, 'be http://HOST:PORT/v1/models/NAME'",
    "http://localhost:1/v1/models/x?a=b, 'be http://HOST:PORT/v1/models/NAME'",
    "grpc://localhost:1/v1/models/, 'be grpc://HOST:PORT/v1/models/NAME'",
    "grpc://localhost:1/proxy/v1/models/x, 'be grpc://HOST:PORT/v1/models/NAME'",
    "grpcs://localhost:1/v1/models/x/versions/y, 'be grpcs://HOST:PORT/v1/models/NAME'"
  })
  void oneThatIsNotOfAModelIsRefused(URI address, String must) {
    for (var text : new String[] {"", "/"}) {
      assertThatThrownBy(() -> new TextClient(URI.create(address + text)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("the address must " + must)
          .hasMessageContaining("was " + address);
    }
  }

  @Test
  void aPasswordIsRefusedAndNotShown() {
    assertThatThrownBy(() -> new TextClient(URI.create("grpc://me:secret@localhost:1/v1/models/x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must have no user and no password")
        .hasMessageNotContaining("secret");
  }
}
