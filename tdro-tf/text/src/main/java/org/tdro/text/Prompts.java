package org.tdro.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The prompts of each domain, for queries and for passages. A domain that is not named has the prompt of
 * {@link #EVERY_TASK}; without one its texts stay as they are.
 *
 * @param queries by domain
 * @param passages by domain
 */
public record Prompts(Map<String, PromptTemplate> queries, Map<String, PromptTemplate> passages) {
  /** The name of the prompt of every domain that has none of its own, and of texts without a domain. */
  public static final String EVERY_TASK = "";

  public Prompts {
    queries = Map.copyOf(queries);
    passages = Map.copyOf(passages);
  }

  /**
   * Text before the texts of a domain; empty for none.
   *
   * @param query before each query, for example <code>Instruct: Find the paper.\nQuery: </code>
   * @param passage before each passage, for symmetric tasks
   */
  public record Prefixes(String query, String passage) {}

  /** Returns prompts that are the prefixes of each domain. */
  public static Prompts of(Map<String, Prefixes> domains) {
    var queries = new HashMap<String, PromptTemplate>();
    var passages = new HashMap<String, PromptTemplate>();
    domains.forEach((domain, prefixes) -> {
      queries.put(domain, new PromptTemplate(prefixes.query() + PromptTemplate.TEXT));
      passages.put(domain, new PromptTemplate(prefixes.passage() + PromptTemplate.TEXT));
    });
    return new Prompts(queries, passages);
  }

  /** Every text as it is. */
  public static Prompts none() {
    return new Prompts(Map.of(), Map.of());
  }

  /**
   * Reads a file of tasks, {@code {"agnews": {"task": "Given a headline, find its article", "symmetric": false}, …}}: queries get
   * {@link PromptTemplate#instruct}, in symmetric tasks passages too.
   *
   * @throws IllegalArgumentException if it is no such file; the message names it
   */
  public static Prompts load(Path json) {
    try {
      var tasks = JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .build()
          .readValue(json.toFile(), new TypeReference<Map<String, Task>>() {});
      var queries = new HashMap<String, PromptTemplate>();
      var passages = new HashMap<String, PromptTemplate>();
      tasks.forEach((domain, task) -> {
        var prompt = PromptTemplate.instruct(task.task());
        queries.put(domain, prompt);
        if (task.symmetric()) {
          passages.put(domain, prompt);
        }
      });
      return new Prompts(queries, passages);
    } catch (IOException e) {
      var what = e instanceof JsonProcessingException problem
          ? problem.getOriginalMessage()
          : e.getMessage();
      throw new IllegalArgumentException(
          json + ": is no file of prompts, {\"DOMAIN\": {\"task\": …, \"symmetric\": …}}: " + what,
          e);
    }
  }

  /** The prompt of a domain's queries. */
  public PromptTemplate query(String domain) {
    return of(queries, domain);
  }

  /** The prompt of a domain's passages. */
  public PromptTemplate passage(String domain) {
    return of(passages, domain);
  }

  /** The domains whose texts of a kind have a prompt of their own, in alphabetical order. */
  public SortedSet<String> names(TextKind kind) {
    var names = new TreeSet<>((kind == TextKind.QUERY ? queries : passages).keySet());
    names.remove(EVERY_TASK);
    return names;
  }

  private static PromptTemplate of(Map<String, PromptTemplate> prompts, String domain) {
    return prompts.getOrDefault(domain, prompts.getOrDefault(EVERY_TASK, PromptTemplate.IDENTITY));
  }

  private record Task(String task, boolean symmetric) {}
}
