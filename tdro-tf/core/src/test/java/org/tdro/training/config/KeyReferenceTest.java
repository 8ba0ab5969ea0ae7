package org.tdro.training.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tdro.config.ConfigComposer;
import org.tdro.config.ConfigException;
import org.tdro.config.KeyReference;

class KeyReferenceTest {
  private static KeyReference<RunConfig> reference() {
    return new ConfigComposer<>(RunConfig.SCHEMA, List.of(Configs.BUILT_IN)).reference();
  }

  private static KeyReference.Entry explain(String key, String... arguments) {
    return reference().explain(key, List.of(arguments)).get(0);
  }

  static Stream<String> keys() {
    return reference().keys().stream();
  }

  @ParameterizedTest
  @MethodSource("keys")
  void everyKeyHasAMeaning(String key) {
    assertThat(explain(key).meaning()).isNotEmpty();
  }

  @Test
  void aKeyIsExplainedWithItsRangeAndOrigin() {
    assertThat(explain("train.batch-size", "train.batch-size=64")).satisfies(entry -> {
      assertThat(entry.meaning()).startsWith("rows of a micro-batch");
      assertThat(entry.type()).isEqualTo("a whole number");
      assertThat(entry.range()).isEqualTo("at least 1");
      assertThat(entry.standard()).isEqualTo("128");
      assertThat(entry.value()).isEqualTo("64");
      assertThat(entry.origin()).isEqualTo("command line: train.batch-size=64");
    });
  }

  @Test
  void wordsAreListed() {
    assertThat(explain("data.batching").type()).isEqualTo("one of homogeneous, mixed");
    assertThat(reference().words("data.batching")).containsExactly("homogeneous", "mixed");
    assertThat(reference().words("model.untied")).containsExactly("true", "false");
    assertThat(reference().words("train.steps")).isEmpty();
  }

  @Test
  void aKeyThatOnlySomeOptionsHaveHasARange() {
    assertThat(explain("model.decoder.key-value-heads").range()).startsWith("at least 1");
    assertThat(explain("model.decoder.key-value-heads").value()).isEmpty();
  }

  @Test
  void optionalKeysAreExplainedThoughTheyAreNotSet() {
    assertThat(explain("model.path").meaning()).startsWith("FOLDER: start from");
    assertThat(explain("model.path").toString()).startsWith("model.path is not set");
  }

  @Test
  void aSectionExplainsItsKeys() {
    assertThat(reference().explain("model.lora", List.of()))
        .extracting(KeyReference.Entry::key)
        .contains("model.lora.rank", "model.lora.adapter");
  }

  @Test
  void aPartOfAMapIsExplainedThroughIt() {
    var arguments = new String[] {"data.prompts.acl.query=Find: "};
    assertThat(explain("data.prompts.acl", arguments)).satisfies(entry -> {
      assertThat(entry.key()).isEqualTo("data.prompts.acl");
      assertThat(entry.meaning()).isEqualTo(explain("data.prompts").meaning());
      assertThat(entry.value()).isEqualTo("{ query = \"Find: \" }");
      assertThat(entry.origin()).isEqualTo("command line: data.prompts.acl.query=Find: ");
    });
    assertThat(explain("data.prompts.acl.query", arguments).value()).isEqualTo("\"Find: \"");
    assertThatThrownBy(() -> explain("data.prompts.acl.qery"))
        .hasMessageContaining("data.prompts.acl.qery is not a key");
  }

  @Test
  void anUnknownKeyIsRefusedWithASuggestion() {
    var reference = reference();
    assertThatThrownBy(() -> reference.explain("train.step", List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("train.step is not a key; did you mean train.steps?");
  }

  @Test
  void aUsersFileMayExplainAKeyOtherwise(@TempDir Path folder) throws IOException {
    Configs.write(folder, "config.conf", "seed = 7 # ours");
    assertThat(Configs.with(folder).reference().explain("seed", List.of()).get(0))
        .satisfies(entry -> assertThat(entry.meaning()).isEqualTo("ours"))
        .satisfies(entry -> assertThat(entry.value()).isEqualTo("7"));
  }
}
