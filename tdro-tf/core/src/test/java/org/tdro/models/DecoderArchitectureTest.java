package org.tdro.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.io.Json;

/** How a decoder is kept in a retriever's JSON. */
class DecoderArchitectureTest {
  /** As it was written before there were norms of heads and attention in both directions. */
  private static final String OLDER = """
      {"kind":"decoder","vocabulary":97,"hidden":32,"layers":3,"heads":4,"key_value_heads":4,"head_size":8,"feed_forward":128,\
      "max_positions":2048,"rope":{"theta":10000.0,"scaling":{"kind":"NONE","factor":1.0,"low_frequency_factor":1.0,\
      "high_frequency_factor":1.0,"original_positions":0}},"norm_epsilon":1.0E-6,"input_bias":false,"output_bias":false,\
      "feed_forward_bias":false,"sliding_window":0,"first_window_layer":0,"attention_dropout":0.0,"initializer_range":0.02}""";

  @TempDir
  Path folder;

  private static DecoderArchitecture.Builder plain() {
    return DecoderArchitecture.builder(97, 32, 3, 4);
  }

  private Architecture read(String json) throws IOException {
    var file = Files.writeString(folder.resolve("architecture.json"), json);
    return Json.read(file, Architecture.class);
  }

  @Test
  void whatOnlySomeHaveIsAbsentInTheOthers() throws IOException {
    assertThat(Json.line(plain().build()).strip()).isEqualTo(OLDER);
    assertThat(read(OLDER)).isEqualTo(plain().build());
  }

  @Test
  void whatOnlySomeHaveIsKept() throws IOException {
    var shape = plain().headNorms(true).bidirectional(true).build();
    assertThat(read(Json.line(shape))).isEqualTo(shape);
  }
}
