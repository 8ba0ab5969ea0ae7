package org.tdro.training.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.config.ResolvedConfig;
import org.tdro.huggingface.SmallCheckpoint;
import org.tdro.retriever.Pooling;
import org.tdro.text.PromptTemplate;
import org.tdro.text.Prompts;
import org.tdro.text.Similarity;
import org.tdro.text.TextKind;

/** A published retriever replaces the defaults of the program, and nothing that the user has set. */
class PublishedDefaultsTest {
  @TempDir
  Path user;

  @TempDir
  Path published;

  @BeforeEach
  void publish() throws IOException {
    SmallCheckpoint.write(published, 5);
    Files.createDirectory(published.resolve("1_Pooling"));
    Files.writeString(
        published.resolve("1_Pooling/config.json"),
        "{\"word_embedding_dimension\": 16, \"pooling_mode_mean_tokens\": true}");
    Files.writeString(published.resolve("modules.json"), """
        [{"path": "", "type": "sentence_transformers.models.Transformer"},
         {"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}]""");
    Files.writeString(published.resolve("sentence_bert_config.json"), "{\"max_seq_length\": 40}");
    Files.writeString(
        published.resolve("config_sentence_transformers.json"),
        "{\"prompts\": {\"query\": \"q: \", \"sts\": \"s: \"}, \"similarity_fn_name\": \"dot\"}");
  }

  private ResolvedConfig<RunConfig> compose(String... further) {
    var arguments = new ArrayList<>(List.of("model=checkpoint", "model.path=" + published));
    arguments.addAll(List.of(further));
    return Configs.with(user).compose(arguments);
  }

  @Test
  void everythingThatTheFolderDecidesComesFromIt() {
    var resolved = compose();
    var config = resolved.config();
    assertThat(config.model().pooling()).isEqualTo(Pooling.MEAN);
    assertThat(config.model().normalize()).isFalse();
    assertThat(config.model().similarity()).isEqualTo(Similarity.DOT);
    assertThat(config.data().queryLength()).isEqualTo(40);
    assertThat(config.data().passageLength()).isEqualTo(40);
    var prompts = config.data().everyPrompt();
    assertThat(prompts.of(TextKind.QUERY, "any")).isEqualTo(PromptTemplate.before("q: "));
    assertThat(prompts.of(TextKind.PASSAGE, "any")).isEqualTo(PromptTemplate.IDENTITY);
    assertThat(prompts.of(TextKind.QUERY, "sts")).isEqualTo(PromptTemplate.before("s: "));
    for (var key : List.of("model.pooling", "data.query-length", "data.prompts.sts.query")) {
      assertThat(resolved.origin(key)).isEqualTo(published.toString());
    }
  }

  @Test
  void aWrittenConfigurationIsReadAsItIs() throws IOException {
    var resolved = compose();
    var file = Files.writeString(user.resolve("run.conf"), resolved.render());
    Files.writeString(published.resolve("sentence_bert_config.json"), "{\"max_seq_length\": 24}");
    assertThat(resolved.differences(file)).isEmpty();
    assertThat(compose().differences(file))
        .extracting(ResolvedConfig.Difference::key)
        .containsExactlyInAnyOrder("data.query-length", "data.passage-length");
  }

  @Test
  void whatTheUserSetsStays() throws IOException {
    Configs.write(
        user,
        "model/mine.conf",
        "include \"checkpoint.conf\"",
        "pooling = cls",
        "path = \"" + published + "\"");
    Configs.write(user, "experiment/short.conf", "data { query-length = 12 }");
    var config = compose("model=mine", "experiment=short", "data.query-prompt=\"find: \"")
        .config();
    assertThat(config.model().pooling()).isEqualTo(Pooling.CLS);
    assertThat(config.data().queryLength()).isEqualTo(12);
    assertThat(config.data().passageLength()).isEqualTo(40);
    assertThat(config.data().queryPrompt()).contains(List.of("find: "));
  }

  @Test
  void aDomainMayHaveAPromptOfItsOwnForOneKindOfText() {
    var prompts = compose("data.prompts.trivia.passage=\"p: \"").config().data().everyPrompt();
    assertThat(prompts.of(TextKind.PASSAGE, "trivia")).isEqualTo(PromptTemplate.before("p: "));
    assertThat(prompts.of(TextKind.QUERY, "trivia")).isEqualTo(PromptTemplate.before("q: "));
  }

  /** A plain decoder decides how its states are pooled, but no lengths, prompts or similarity. */
  @Test
  void aBackboneAloneIsNotARetriever() throws IOException {
    for (var file : List.of(
        "1_Pooling/config.json",
        "modules.json",
        "sentence_bert_config.json",
        "config_sentence_transformers.json")) {
      Files.delete(published.resolve(file));
    }
    var resolved = compose();
    assertThat(resolved.config().model().pooling()).isEqualTo(Pooling.LASTTOKEN);
    assertThat(resolved.origin("model.pooling")).isEqualTo(published.toString());
    assertThat(resolved.config().data().queryLength()).isEqualTo(32);
    assertThat(resolved.config().model().normalize()).isTrue();
    assertThat(resolved.config().data().everyPrompt()).isEqualTo(Prompts.none());
    assertThat(resolved.config().data().queryPrompt()).isEqualTo(Optional.empty());
  }

  @Test
  void aPathWithoutAModelIsLeftToThoseWhoReadIt() {
    assertThat(compose("model.path=" + user).config().model().pooling())
        .isEqualTo(Pooling.LASTTOKEN);
  }
}
