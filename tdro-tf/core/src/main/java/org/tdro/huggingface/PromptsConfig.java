package org.tdro.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.tdro.text.PromptTemplate;
import org.tdro.text.Prompts;
import org.tdro.text.Similarity;

/**
 * {@code config_sentence_transformers.json}: the prompts of a model and how its embeddings are compared.
 *
 * <p>Prompts have one namespace there. {@code query} is the prompt of all queries and {@code document}, {@code passage} or
 * {@code corpus} that of all passages, as {@code encode_query} and {@code encode_document} take them; where there is none, it is
 * the one that {@code default_prompt_name} names. Any other NAME is the prompt of queries of the task NAME, and NAME-passage that
 * of its passages.
 */
record PromptsConfig(Prompts prompts, Similarity similarity) {
  private static final String NAME = "config_sentence_transformers.json";
  private static final String PROMPTS = "prompts";
  private static final String DEFAULT_PROMPT = "default_prompt_name";
  private static final String SIMILARITY = "similarity_fn_name";
  private static final String QUERY = "query";
  private static final List<String> PASSAGES = List.of("document", "passage", "corpus");
  private static final String PASSAGE_SUFFIX = "-passage";

  /** Reads the file of a folder; without one there are no prompts, and the similarity is the cosine. */
  static PromptsConfig read(Path folder, FolderReading reading) {
    var json = PublishedJson.readIfPresent(folder.resolve(NAME), reading);
    var named = new TreeMap<String, PromptTemplate>();
    json.get(PROMPTS).properties().forEach(prompt -> {
      if (prompt.getValue().isTextual()
          && !prompt.getValue().asText().contains(PromptTemplate.TEXT)) {
        named.put(
            prompt.getKey(), new PromptTemplate(prompt.getValue().asText() + PromptTemplate.TEXT));
      } else {
        json.problem("prompts.%s must be a string without %s, was %s"
            .formatted(prompt.getKey(), PromptTemplate.TEXT, prompt.getValue()));
      }
    });
    return new PromptsConfig(
        prompts(named, defaultPrompt(json, named)), similarity(json, json.get(SIMILARITY)));
  }

  private static Optional<PromptTemplate> defaultPrompt(
      PublishedJson json, Map<String, PromptTemplate> named) {
    if (!json.has(DEFAULT_PROMPT)) {
      return Optional.empty();
    }
    var name = json.text(DEFAULT_PROMPT, "");
    if (!named.containsKey(name)) {
      json.problem("default_prompt_name is %s, but the prompts are %s"
          .formatted(json.get(DEFAULT_PROMPT), named.keySet()));
    }
    return Optional.ofNullable(named.get(name));
  }

  private static Prompts prompts(
      Map<String, PromptTemplate> named, Optional<PromptTemplate> otherwise) {
    var queries = new HashMap<String, PromptTemplate>();
    var passages = new HashMap<String, PromptTemplate>();
    named.forEach((name, prompt) -> {
      if (PASSAGES.contains(name)) {
        passages.put(name, prompt);
      } else if (name.endsWith(PASSAGE_SUFFIX)) {
        passages.put(name.substring(0, name.length() - PASSAGE_SUFFIX.length()), prompt);
      } else {
        queries.put(name, prompt);
      }
    });
    Optional.ofNullable(named.get(QUERY))
        .or(() -> otherwise)
        .ifPresent(prompt -> queries.put(Prompts.EVERY_TASK, prompt));
    PASSAGES.stream()
        .filter(named::containsKey)
        .findFirst()
        .map(named::get)
        .or(() -> otherwise)
        .ifPresent(prompt -> passages.put(Prompts.EVERY_TASK, prompt));
    return new Prompts(queries, passages);
  }

  private static Similarity similarity(PublishedJson json, JsonNode name) {
    if (!PublishedJson.isPresent(name) || name.asText().equals(key(Similarity.COSINE))) {
      return Similarity.COSINE;
    }
    if (!name.asText().equals(key(Similarity.DOT))) {
      json.problem("%s is %s, but only cosine and dot are computed".formatted(SIMILARITY, name));
    }
    return Similarity.DOT;
  }

  private static String key(Similarity similarity) {
    return similarity.name().toLowerCase(Locale.ROOT);
  }

  /** Whether no text gets a prompt. */
  boolean isEmpty() {
    return Stream.concat(prompts.queries().values().stream(), prompts.passages().values().stream())
        .allMatch(PromptTemplate.IDENTITY::equals);
  }

  /** Returns the prompts that sentence-transformers cannot express, as problems. */
  List<String> problems() {
    var problems = new ArrayList<String>();
    for (var task : prompts.queries().keySet()) {
      if (task.endsWith(PASSAGE_SUFFIX)) {
        problems.add("a prompt for queries of a task named %s: names that end in %s are passages'"
            .formatted(task, PASSAGE_SUFFIX));
      }
    }
    named().forEach((name, prompt) -> {
      if (!prompt.template().endsWith(PromptTemplate.TEXT)) {
        problems.add("text behind a text, as in prompt %s: %s".formatted(name, prompt.template()));
      }
    });
    return problems;
  }

  /** Returns the prompts by their names in the file; one that is the default needs no other name. */
  private Map<String, PromptTemplate> named() {
    boolean hasDefault = defaultName().isPresent();
    var named = new TreeMap<String, PromptTemplate>();
    prompts.queries().forEach((task, prompt) -> {
      if (!task.equals(Prompts.EVERY_TASK)) {
        named.put(task, prompt);
      } else if (!hasDefault) {
        named.put(QUERY, prompt);
      }
    });
    prompts.passages().forEach((task, prompt) -> {
      if (PASSAGES.contains(task)) {
        named.put(task, prompt);
      } else if (!task.equals(Prompts.EVERY_TASK)) {
        named.put(task + PASSAGE_SUFFIX, prompt);
      } else if (!hasDefault && PASSAGES.stream().noneMatch(prompts.passages()::containsKey)) {
        named.put(PASSAGES.get(0), prompt);
      }
    });
    return named;
  }

  /** Returns the name of the prompt that queries and passages of every task share, if there is one. */
  private Optional<String> defaultName() {
    var shared = prompts.queries().get(Prompts.EVERY_TASK);
    if (shared == null || !shared.equals(prompts.passages().get(Prompts.EVERY_TASK))) {
      return Optional.empty();
    }
    return prompts.queries().entrySet().stream()
        .filter(prompt -> prompt.getValue().equals(shared))
        .map(Map.Entry::getKey)
        .filter(task -> !task.equals(Prompts.EVERY_TASK))
        .sorted()
        .findFirst();
  }

  /** Writes the file into a folder. */
  void write(Path folder) throws IOException {
    var json = JsonNodeFactory.instance.objectNode();
    var texts = json.putObject(PROMPTS);
    named().forEach((name, prompt) -> texts.put(name, prompt.apply("")));
    json.put(DEFAULT_PROMPT, defaultName().orElse(null)).put(SIMILARITY, key(similarity));
    PublishedJson.write(folder.resolve(NAME), json);
  }
}
