package org.tdro.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tdro.io.InputException;
import org.tdro.models.Projection;
import org.tdro.testing.Shared;
import org.tdro.text.BytePairTrainer;
import org.tdro.text.PromptTemplate;
import org.tdro.text.Prompts;
import org.tdro.text.Similarity;
import org.tdro.text.TextKind;
import org.tdro.text.TokenizerFolder;
import org.tdro.text.WordCounts;

/** Published folders of small files, some of them as people have reported them. */
class PublishedFolderTest {
  private static final String IDENTITY = "torch.nn.modules.linear.Identity";
  private static final String BERT = """
      {"model_type": "bert", "hidden_act": "gelu", "vocab_size": 149, "hidden_size": 16, "num_hidden_layers": 2,
       "num_attention_heads": 4, "intermediate_size": 24, "max_position_embeddings": 64, "type_vocab_size": 2,
       "layer_norm_eps": 1e-12, "use_cache": true}""";

  @TempDir
  Path folder;

  private void write(String file, String text) throws IOException {
    var path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  /** Modules in folders of unusual names, the backbone's files in its own. */
  private void modules(String... types) throws IOException {
    var json = new ArrayList<String>();
    for (var type : types) {
      json.add("{\"path\": \"the%s\", \"type\": \"sentence_transformers.models.%s\"}"
          .formatted(type, type));
    }
    write("modules.json", json.toString());
    write("theTransformer/config.json", BERT);
    write("thePooling/config.json", "{\"pooling_mode_mean_tokens\": true}");
  }

  private void dense(String bias, String activation) throws IOException {
    write(
        "theDense/config.json",
        "{\"in_features\": 16, \"out_features\": 12, \"bias\": %s, \"activation_function\": \"%s\"}"
            .formatted(bias, activation));
  }

  private static PublishedFolder field(String name) {
    return PublishedFolder.open(Shared.path("field/" + name));
  }

  private void assertRefused(String... messages) {
    assertThatThrownBy(() -> PublishedFolder.open(folder))
        .isInstanceOf(InputException.class)
        .satisfies(failure -> assertThat(failure.getMessage()).contains(messages));
  }

  @Test
  void everyModuleIsReadWhereModulesSay() throws IOException {
    modules("Transformer", "Pooling", "Dense", "Normalize");
    dense("false", IDENTITY);
    write("thePooling/config.json", "{\"pooling_mode_cls_token\": true}");
    write("theTransformer/sentence_bert_config.json", "{\"max_seq_length\": 48}");
    var published = PublishedFolder.open(folder);
    assertThat(published.dense())
        .extracting(DenseModule::projection)
        .containsExactly(Projection.linear(12));
    assertThat(published.normalize()).isTrue();
    assertThat(published.pooling()).contains(PoolingConfig.Mode.CLS);
    assertThat(published.maxLength()).isEqualTo(48);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"activation_function\": \"torch.nn.modules.activation.Mish\" | activation_function torch.nn.modules.activation.Mish is not computed here; computed are torch.nn's Identity, Tanh, ReLU, GELU",
        "\"activation_function\": \"transformers.activations.GELU\" | activation_function transformers.activations.GELU is not",
        "\"use_residual\": true | use_residual is true",
        "\"module_input_name\": \"token_embeddings\" | module_input_name is \"token_embeddings\", but only sentence_embedding",
        "\"module_output_name\": \"other\" | module_output_name is \"other\"",
        "\"in_features\": 12 | in_features is 12, but what comes before returns 16 components",
        "\"out_features\": 0 | out_features must be a whole number above 0, was 0"
      })
  void aMapThatIsNotComputedIsRefused(String keys, String message) throws IOException {
    modules("Transformer", "Pooling", "Dense");
    write(
        "theDense/config.json", "{\"in_features\": 16, \"out_features\": 12, %s}".formatted(keys));
    assertRefused("theDense/config.json: " + message);
  }

  @Test
  void aMapHasBiasAndTanhUnlessItSaysOtherwise() throws IOException {
    modules("Transformer", "Pooling", "Dense");
    write("theDense/config.json", "{\"in_features\": 16, \"out_features\": 12}");
    assertThat(PublishedFolder.open(folder).dense())
        .extracting(DenseModule::projection)
        .containsExactly(new Projection(12, true, Projection.Function.TANH));
  }

  @Test
  void weightsInPytorchsFormatAloneAreRefused() throws IOException {
    modules("Transformer", "Pooling", "Dense");
    dense("true", IDENTITY);
    write("theDense/pytorch_model.bin", "");
    assertRefused("theDense/pytorch_model.bin: must be converted to model.safetensors");
    write("theDense/model.safetensors", "");
    assertThat(PublishedFolder.open(folder).dense()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Transformer Pooling Normalize Dense | Dense comes after Normalize",
        "Transformer Pooling Normalize Normalize | Normalize comes after Normalize",
        "Transformer Pooling Pooling | Pooling comes after Pooling",
        "Transformer Dense Pooling | Dense comes after Transformer",
        "Pooling Normalize | the first module is Pooling",
        "Transformer | has no Pooling"
      })
  void modulesInAnotherOrderAreRefused(String types, String message) throws IOException {
    modules(types.split(" "));
    dense("false", IDENTITY);
    assertRefused(message);
  }

  @ParameterizedTest
  @CsvSource({
    "sentence_transformers.models.LayerNorm, module LayerNorm is not computed here; known are Transformer",
    "sentence_transformers.base.modules.router.Router, module Router is not",
    "custom_st.Pooling, module custom_st.Pooling is Python code of the model's own"
  })
  void unknownModulesAreRefused(String type, String message) throws IOException {
    modules("Transformer");
    write(
        "modules.json",
        "[{\"path\": \"theTransformer\", \"type\": \"sentence_transformers.models.Transformer\"},"
            + " {\"path\": \"x\", \"type\": \"%s\"}]".formatted(type));
    assertRefused(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | must be an array of modules",
        "[] | must be an array of modules",
        "[\"Transformer\"] | a module must have a type and a path, was \"Transformer\"",
        "[{\"type\": \"sentence_transformers.models.Transformer\"}] | a module must have a type and a path"
      })
  void modulesThatAreNotAListAreRefused(String json, String message) throws IOException {
    write("config.json", BERT);
    write("modules.json", json);
    assertRefused("modules.json: " + message);
  }

  @Test
  void normalisationOfTokensIsRefused() throws IOException {
    modules("Transformer", "Pooling", "Normalize");
    write("theNormalize/config.json", "{\"module_input_name\": \"token_embeddings\"}");
    assertRefused("theNormalize/config.json: module_input_name is \"token_embeddings\"");
  }

  @ParameterizedTest
  @CsvSource({"new-mean, MEAN", "new-cls, CLS"})
  void thePoolingModeMayBeNamed(String name, PoolingConfig.Mode mode) {
    assertThat(field("03-pooling-mode/" + name).pooling()).contains(mode);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"pooling_mode\": \"max\"} | MAX",
        "{\"pooling_mode\": [\"weightedmean\"]} | WEIGHTEDMEAN",
        "{\"pooling_mode_mean_sqrt_len_tokens\": true, \"pooling_mode_mean_tokens\": false} | MEAN_SQRT_LEN_TOKENS",
        "{\"pooling_mode_weightedmean_tokens\": true} | WEIGHTEDMEAN",
        "{\"pooling_mode_max_tokens\": true} | MAX",
        "{\"pooling_mode\": \"cls\", \"pooling_mode_max_tokens\": true} | CLS",
        "{\"embedding_dimension\": 16} | MEAN"
      })
  void everyModeIsReadInBothForms(String json, PoolingConfig.Mode mode) throws IOException {
    write("config.json", BERT);
    write("1_Pooling/config.json", json);
    assertThat(PublishedFolder.open(folder).pooling()).contains(mode);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"pooling_mode\": \"median\"} | pooling_mode is [median], but must be one of [cls, mean, max,",
        "{\"pooling_mode\": [\"cls\", \"max\"]} | pooling_mode is [cls, max]: several poolings",
        "{\"pooling_mode_cls_token\": true, \"pooling_mode_max_tokens\": true} | pooling_mode is [cls, max]: several"
      })
  void aPoolingThatIsNotComputedIsRefused(String json, String message) throws IOException {
    write("config.json", BERT);
    write("1_Pooling/config.json", json);
    assertRefused(message);
  }

  @Test
  void aPoolingModuleNeedsItsFile() throws IOException {
    modules("Transformer", "Pooling");
    Files.delete(folder.resolve("thePooling/config.json"));
    assertRefused("thePooling/config.json: there is no such file");
  }

  @Test
  void aMeanThatLeavesThePromptOutIsRefusedWhereThereIsOne() throws IOException {
    write("config.json", BERT);
    write("1_Pooling/config.json", "{\"pooling_mode\": \"mean\", \"include_prompt\": false}");
    assertThat(PublishedFolder.open(folder).pooling()).contains(PoolingConfig.Mode.MEAN);
    write("config_sentence_transformers.json", "{\"prompts\": {\"query\": \"q: \"}}");
    assertRefused("1_Pooling/config.json: include_prompt is false", "set it to true");
    write("1_Pooling/config.json", "{\"pooling_mode\": \"lasttoken\", \"include_prompt\": false}");
    assertThat(PublishedFolder.open(folder).pooling()).contains(PoolingConfig.Mode.LASTTOKEN);
  }

  /** The tokenizer's length bounds a text where sentence-transformers' files name none, and so do the positions. */
  @ParameterizedTest
  @CsvSource({"09-max-length/st54, 1024", "09-max-length/short, 16", "27-similarity/m, 64"})
  void theLongestTextIsTheTokenizers(String name, int length) {
    assertThat(field(name).maxLength()).isEqualTo(length);
  }

  @Test
  void promptsForQueriesAndDocumentsAreThoseOfEveryTask() {
    var prompts = field("05-prompts/m").prompts();
    assertThat(prompts.of(TextKind.QUERY, "any").apply("x")).isEqualTo("query : x");
    assertThat(prompts.of(TextKind.PASSAGE, "any").apply("x")).isEqualTo("passage : x");
    assertThat(prompts.of(TextKind.QUERY, "").apply("x")).isEqualTo("query : x");
  }

  @Test
  void theDefaultPromptIsThatOfEveryText() {
    var prompts = field("05-prompts/dflt").prompts();
    assertThat(prompts.of(TextKind.QUERY, "any").apply("x"))
        .isEqualTo("represent this sentence : x");
    assertThat(prompts.of(TextKind.PASSAGE, "any").apply("x"))
        .isEqualTo("represent this sentence : x");
  }

  @ParameterizedTest
  @CsvSource({"05-prompts/m", "05-prompts/dflt", "27-similarity/m", "32-train-from-published/cls"})
  void promptsAndSimilarityComeBackAsTheyAreWritten(String name) throws IOException {
    var published = field(name);
    new PromptsConfig(published.prompts(), published.similarity()).write(folder);
    assertThat(PromptsConfig.read(folder, new FolderReading()))
        .isEqualTo(new PromptsConfig(published.prompts(), published.similarity()));
  }

  @Test
  void promptsOfTasksComeBackAsTheyAreWritten() throws IOException {
    var config = new PromptsConfig(
        new Prompts(
            Map.of("trivia", new PromptTemplate("find: {text}")),
            Map.of("trivia", new PromptTemplate("read: {text}"))),
        Similarity.DOT);
    config.write(folder);
    var read = PromptsConfig.read(folder, new FolderReading());
    assertThat(read.similarity()).isEqualTo(Similarity.DOT);
    assertThat(applied(read.prompts(), "trivia")).isEqualTo("find: x | read: x");
    assertThat(applied(read.prompts(), "other")).isEqualTo("x | x");
    assertThat(read.problems()).isEmpty();
    read.write(folder);
    assertThat(PromptsConfig.read(folder, new FolderReading())).isEqualTo(read);
  }

  private static String applied(Prompts prompts, String task) {
    return Arrays.stream(TextKind.values())
        .map(kind -> prompts.of(kind, task).apply("x"))
        .collect(Collectors.joining(" | "));
  }

  /** As MTEB and the cards of models name them: nomic's {@code search_query}, EmbeddingGemma's {@code Retrieval-document}. */
  @Test
  void aNameThatEndsInAKindOfTextBelongsToTheTaskBeforeIt() throws IOException {
    write("config_sentence_transformers.json", """
        {"prompts": {"search_query": "sq: ", "search_document": "sd: ", "Retrieval-query": "rq: ", "web_search_query": "w: ",
          "STS": "sts: ", "document": "d: "}}""");
    var prompts = PromptsConfig.read(folder, new FolderReading()).prompts();
    assertThat(applied(prompts, "search")).isEqualTo("sq: x | sd: x");
    assertThat(applied(prompts, "Retrieval")).isEqualTo("rq: x | d: x");
    assertThat(applied(prompts, "web_search_query")).isEqualTo("w: x | d: x");
    assertThat(applied(prompts, "STS")).isEqualTo("sts: x | sts: x");
    assertThat(applied(prompts, "any")).isEqualTo("x | d: x");
    var config = new PromptsConfig(prompts, Similarity.COSINE);
    assertThat(config.problems()).isEmpty();
    config.write(folder);
    assertThat(PromptsConfig.read(folder, new FolderReading())).isEqualTo(config);
  }

  @Test
  void aDefaultPromptThatIsNotThereIsRefused() throws IOException {
    write("config.json", BERT);
    write(
        "config_sentence_transformers.json",
        "{\"prompts\": {\"query\": \"q: \"}, \"default_prompt_name\": \"doc\"}");
    assertRefused("default_prompt_name is \"doc\", but the prompts are [query]");
  }

  @Test
  void embeddingsAreComparedByTheCosineUnlessAFileSaysOtherwise() throws IOException {
    assertThat(field("27-similarity/m").normalize()).isFalse();
    assertThat(field("27-similarity/m").similarity()).isEqualTo(Similarity.COSINE);
    write("config.json", BERT);
    assertThat(PublishedFolder.open(folder).similarity()).isEqualTo(Similarity.COSINE);
    write("config_sentence_transformers.json", "{\"similarity_fn_name\": \"dot\"}");
    assertThat(PublishedFolder.open(folder).similarity()).isEqualTo(Similarity.DOT);
    write("config_sentence_transformers.json", "{\"similarity_fn_name\": \"euclidean\"}");
    assertRefused("similarity_fn_name is \"euclidean\"");
  }

  @Test
  void theProblemsOfAllFilesAreToldAtOnce() throws IOException {
    modules("Transformer", "Pooling", "Dense");
    dense("true", "torch.nn.Mish");
    write("theTransformer/config.json", BERT.replace("gelu", "relu"));
    write("thePooling/config.json", "{\"pooling_mode\": \"median\"}");
    write("theTransformer/sentence_bert_config.json", "{\"max_seq_length\": \"long\"}");
    write("config_sentence_transformers.json", "{");
    assertRefused(
        "theTransformer/config.json: hidden_act",
        "thePooling/config.json: pooling_mode",
        "theDense/config.json: activation_function",
        "sentence_bert_config.json: max_seq_length must be a whole number above 0, was \"long\"",
        "config_sentence_transformers.json:1: not valid JSON");
  }

  @Test
  void lowerCaseThatTheTokenizerDoesNotMakeIsRefused() throws IOException {
    write("config.json", BERT);
    var original = new TokenizerFolder(Shared.path("field/05-prompts/m"));
    Files.copy(original.tokenizerJson(), folder.resolve("tokenizer.json"));
    write("tokenizer_config.json", "{\"do_lower_case\": %s}".formatted(!original.lowercases()));
    assertRefused("tokenizer_config.json: do_lower_case is");
    write("tokenizer_config.json", "{\"do_lower_case\": %s}".formatted(original.lowercases()));
    assertThat(PublishedFolder.open(folder).tokenizer()).isPresent();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"transformer_task\": \"fill-mask\" | transformer_task is \"fill-mask\"",
        "\"module_output_name\": \"scores\" | module_output_name is \"scores\"",
        "\"modality_config\": {\"text\": {\"method_output_name\": \"pooler_output\"}} | modality_config.text.method_output_name",
        "\"modality_config\": {\"text\": {\"method\": \"get_text_features\"}} | modality_config.text.method is",
        "\"modality_config\": {\"text\": {}, \"message\": {\"format\": \"flat\"}} | modality_config.message: texts are put",
        "\"processing_kwargs\": {\"text\": {\"max_length\": 8}} | processing_kwargs is",
        "\"config_kwargs\": {\"num_hidden_layers\": 1} | config_kwargs is",
        "\"model_args\": {\"is_decoder\": true} | model_args is",
        "\"query_length\": 32 | query_length is 32",
        "\"query_expansion\": {\"strategy\": \"fixed\"} | query_expansion is"
      })
  void anotherUseOfTheBackboneIsRefused(String key, String message) throws IOException {
    write("config.json", BERT);
    write("sentence_bert_config.json", "{%s}".formatted(key));
    assertRefused("sentence_bert_config.json: " + message);
  }

  /** As sentence-transformers 5.4 writes it for a text encoder. */
  @Test
  void theUsualUseOfTheBackboneIsComputed() throws IOException {
    write("config.json", BERT);
    write("sentence_bert_config.json", """
        {"transformer_task": "feature-extraction", "modality_config": {"text": {"method": "forward", "method_output_name": "last_hidden_state"}},
         "module_output_name": "token_embeddings", "processing_kwargs": {}, "unpad_inputs": null}""");
    assertThat(PublishedFolder.open(folder).keysWithoutEffect())
        .contains(folder.resolve("sentence_bert_config.json") + ": unpad_inputs");
  }

  @Test
  void keysThatNothingReadsAreListed() throws IOException {
    write("config.json", BERT);
    assertThat(PublishedFolder.open(folder).keysWithoutEffect())
        .isEqualTo(List.of(folder.resolve("config.json") + ": use_cache"));
    assertThat(PublishedFolder.open(folder).unknownKeys()).isEmpty();
  }

  @Test
  void keysThatAreNotKnownAreListedApart() throws IOException {
    write("config.json", BERT.replaceFirst("\\{", "{\"new_attention\": 3, "));
    write("tokenizer_config.json", "{\"padding_side\": \"left\", \"strip\": true}");
    new BytePairTrainer(258).train(new WordCounts(false)).write(folder.resolve("tokenizer.json"));
    var opened = PublishedFolder.open(folder);
    assertThat(opened.unknownKeys())
        .containsExactly(
            folder.resolve("config.json") + ": new_attention",
            folder.resolve("tokenizer_config.json") + ": strip");
    assertThat(opened.keysWithoutEffect())
        .containsExactly(folder.resolve("config.json") + ": use_cache");
  }

  @Test
  void aFolderWithoutAModelIsNamed() {
    assertRefused("config.json: there is no such file");
  }
}
