package org.tdro.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.tdro.text.PromptTemplate;
import org.tdro.text.Prompts;
import org.tdro.text.Similarity;
import org.tdro.text.TextKind;

/**
 * {@code config_sentence_transformers.json}: the prompts of a model and how its embeddings are compared.
 *
 * <p>Prompts have one namespace there. {@code query} is the prompt of all queries and {@code document}, {@code passage} or
 * {@code corpus} that of all passages, as {@code encode_query} and {@code encode_document} take them; where there is none, it is
 * the one that {@code default_prompt_name} names. Any other NAME is the prompt of the task NAME. If it ends in one of these words, as
 * {@code search_query} and {@code Retrieval-document}, it is that of the task before it, too, and of texts of that kind alone.
 */
record PromptsConfig(Prompts prompts, Similarity similarity) {
  private static final String NAME = "config_sentence_transformers.json";
  private static final String PROMPTS = "prompts";
  private static final String DEFAULT_PROMPT = "default_prompt_name";
  private static final String SIMILARITY = "similarity_fn_name";
  private static final String QUERY = "query";
  private static final List<String> PASSAGES = List.of("document", "passage", "corpus");
  private static final String PASSAGE_SUFFIX = "-passage";
  private static final Pattern OF_ONE_KIND =
      Pattern.compile("(?:(.+)[-_.])?(?:(query)|document|passage|corpus)");

  /** Reads the file of a folder; without one there are no prompts, and the similarity is the cosine. */
  static PromptsConfig read(Path folder, FolderReading reading) {
    var json = PublishedJson.readIfPresent(folder.resolve(NAME), reading);
    var named = new TreeMap<String, PromptTemplate>();
    if (json.has(PROMPTS) && !json.get(PROMPTS).isObject()) {
      json.problem("prompts must be an object of names and texts, was " + json.get(PROMPTS));
    }
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
      if (!OF_ONE_KIND.matcher(name).matches()) {
        queries.put(name, prompt);
        passages.put(name, prompt);
      }
    });
    named.forEach((name, prompt) -> {
      var parts = OF_ONE_KIND.matcher(name);
      if (parts.matches()) {
        var ofKind = parts.group(2) == null ? passages : queries;
        ofKind.put(name, prompt);
        if (parts.group(1) != null) {
          ofKind.put(parts.group(1), prompt);
        }
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
    var named = named();
    var written = prompts(named, defaultName().map(named::get));
    for (var kind : TextKind.values()) {
      var tasks = prompts.names(kind);
      tasks.add(Prompts.EVERY_TASK);
      for (var task : tasks) {
        var prompt = prompts.of(kind, task);
        if (!prompt.template().endsWith(PromptTemplate.TEXT)) {
          problems.add(
              "text behind a text, as in prompt %s: %s".formatted(task, prompt.template()));
        }
        if (!written.of(kind, task).equals(prompt)) {
          problems.add(
              "a prompt of the %s of task \"%s\" beside a name that means a kind of text, as NAME-passage does"
                  .formatted(kind.plural(), task));
        }
      }
    }
    return problems;
  }

  /** Returns the prompts by their names in the file; one that is the default needs no other name. */
  private Map<String, PromptTemplate> named() {
    boolean hasDefault = defaultName().isPresent();
    var named = new TreeMap<String, PromptTemplate>();
    for (var task : prompts.names()) {
      var query = prompts.of(TextKind.QUERY, task);
      var passage = prompts.of(TextKind.PASSAGE, task);
      var parts = OF_ONE_KIND.matcher(task);
      if (parts.matches()) {
        named.put(task, parts.group(2) == null ? passage : query);
      } else if (!isNamedByKind(task)) {
        named.put(task, query);
        if (!passage.equals(query)) {
          named.put(task + PASSAGE_SUFFIX, passage);
        }
      }
    }
    if (!hasDefault) {
      Optional.ofNullable(prompts.queries().get(Prompts.EVERY_TASK))
          .ifPresent(prompt -> named.put(QUERY, prompt));
      if (PASSAGES.stream().noneMatch(prompts.passages()::containsKey)) {
        Optional.ofNullable(prompts.passages().get(Prompts.EVERY_TASK))
            .ifPresent(prompt -> named.put(PASSAGES.get(0), prompt));
      }
    }
    return named;
  }

  /** Whether all prompts of a task have names that say the kind of text, beside its own. */
  private boolean isNamedByKind(String task) {
    return Arrays.stream(TextKind.values())
        .allMatch(kind -> !prompts.names(kind).contains(task)
            || prompts.names(kind).stream()
                .map(OF_ONE_KIND::matcher)
                .anyMatch(parts -> parts.matches() && task.equals(parts.group(1))));
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
