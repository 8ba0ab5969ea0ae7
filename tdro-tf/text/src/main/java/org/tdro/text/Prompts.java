package org.tdro.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.tdro.io.Checks;

/**
 * The prompts of each domain, for queries and for passages. A domain without a prompt has that of {@link #EVERY_TASK}, if there is
 * one; otherwise its texts stay as they are.
 *
 * @param queries by domain
 * @param passages by domain
 */
public record Prompts(Map<String, PromptTemplate> queries, Map<String, PromptTemplate> passages) {
  /** The name of the prompt for domains without one, and for texts without a domain. */
  public static final String EVERY_TASK = "";

  public Prompts {
    queries = Map.copyOf(queries);
    passages = Map.copyOf(passages);
  }

  /**
   * Text before the texts of a domain. Where one is absent, the texts of that kind get the prompt of {@link #EVERY_TASK}; an empty one
   * leaves them as they are. Where there are several, they are {@link PromptVariants}.
   *
   * @param query before each query, for example <code>Instruct: Find the paper.\nQuery: </code>
   * @param passage before each passage, for symmetric tasks
   */
  public record Prefixes(Optional<List<String>> query, Optional<List<String>> passage) {
    private static final String AT_LEAST_ONE = "at least one text, \"\" for no prompt, was []";

    public Prefixes {
      query = query.map(List::copyOf);
      passage = passage.map(List::copyOf);
      new Checks()
          .that(!query.equals(Optional.of(List.of())), "query must name " + AT_LEAST_ONE)
          .that(!passage.equals(Optional.of(List.of())), "passage must name " + AT_LEAST_ONE)
          .done();
    }
  }

  /** Returns prompts that leave every text unchanged. */
  public static Prompts none() {
    return new Prompts(Map.of(), Map.of());
  }

  /**
   * Reads a file of tasks, {@code {"agnews": {"task": "Given a headline, find its article", "symmetric": false}, …}}: queries get
   * {@link PromptTemplate#instruct}, in symmetric tasks passages too.
   *
   * @throws IllegalArgumentException naming the file, if it is not of this form
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
          json + ": is not a file of prompts, {\"DOMAIN\": {\"task\": …, \"symmetric\": …}}: "
              + what,
          e);
    }
  }

  /** Returns the prompt of the texts of a kind in a domain. */
  public PromptTemplate of(TextKind kind, String domain) {
    var prompts = byDomain(kind);
    return prompts.getOrDefault(domain, prompts.getOrDefault(EVERY_TASK, PromptTemplate.IDENTITY));
  }

  /** Returns the domains whose texts of a kind have a prompt of their own, in alphabetical order. */
  public SortedSet<String> names(TextKind kind) {
    var names = new TreeSet<>(byDomain(kind).keySet());
    names.remove(EVERY_TASK);
    return names;
  }

  /** Returns the domains that have a prompt of their own for texts of any kind, in alphabetical order. */
  public SortedSet<String> names() {
    var names = names(TextKind.QUERY);
    names.addAll(names(TextKind.PASSAGE));
    return names;
  }

  /** Whether the texts of a kind get no prompt in a domain, neither its own nor that of every one. */
  public boolean lacks(TextKind kind, String domain) {
    return !byDomain(kind).containsKey(domain) && !byDomain(kind).containsKey(EVERY_TASK);
  }

  private Map<String, PromptTemplate> byDomain(TextKind kind) {
    return kind == TextKind.QUERY ? queries : passages;
  }

  private record Task(String task, boolean symmetric) {}
}
