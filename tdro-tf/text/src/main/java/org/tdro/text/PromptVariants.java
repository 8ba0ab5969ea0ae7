package org.tdro.text;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tdro.io.CounterRandom;
import org.tdro.text.Prompts.Prefixes;

/**
 * The prompts of each domain to train with: at least one for queries and for passages, of which each text gets one. Domains are found as
 * in {@link Prompts}.
 *
 * <p>The prompt of a text follows from (seed, text) alone. So it depends neither on the order of the rows nor on the query that brings a
 * passage: equal texts stay equal, and the prompt does not tell a query's positive from other passages.
 *
 * @param queries by domain
 * @param passages by domain
 * @param seed of the draws; 0 where no domain has several prompts, since nothing is drawn then
 */
public record PromptVariants(
    Map<String, List<PromptTemplate>> queries,
    Map<String, List<PromptTemplate>> passages,
    long seed) {
  private static final long STREAM = 5;

  public PromptVariants {
    queries = copy(queries);
    passages = copy(passages);
    seed = several(queries).isEmpty() && several(passages).isEmpty() ? 0 : seed;
  }

  private static Map<String, List<PromptTemplate>> copy(Map<String, List<PromptTemplate>> prompts) {
    return prompts.entrySet().stream()
        .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> {
          if (entry.getValue().isEmpty()) {
            throw new IllegalArgumentException("there must be a prompt for " + entry.getKey());
          }
          return List.copyOf(entry.getValue());
        }));
  }

  private static SortedSet<String> several(Map<String, List<PromptTemplate>> prompts) {
    return prompts.keySet().stream()
        .filter(domain -> prompts.get(domain).size() > 1)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * Returns prompts that put prefixes before the texts of each domain.
   *
   * @param every the prefixes of domains without their own
   */
  public static PromptVariants of(Prefixes every, Map<String, Prefixes> domains, long seed) {
    var queries = new HashMap<String, List<PromptTemplate>>();
    var passages = new HashMap<String, List<PromptTemplate>>();
    var all = new HashMap<>(domains);
    all.put(Prompts.EVERY_TASK, every);
    all.forEach((domain, prefixes) -> {
      prefixes.query().ifPresent(texts -> queries.put(domain, templates(texts)));
      prefixes.passage().ifPresent(texts -> passages.put(domain, templates(texts)));
    });
    return new PromptVariants(queries, passages, seed);
  }

  /** Returns the variants of which there is one for each prompt. */
  public static PromptVariants of(Prompts prompts) {
    return new PromptVariants(single(prompts.queries()), single(prompts.passages()), 0);
  }

  private static List<PromptTemplate> templates(List<String> prefixes) {
    return prefixes.stream().map(PromptTemplate::before).toList();
  }

  private static Map<String, List<PromptTemplate>> single(Map<String, PromptTemplate> prompts) {
    return prompts.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> List.of(entry.getValue())));
  }

  /** Returns the first prompt of every list: those to evaluate, encode and serve with. */
  public Prompts first() {
    return new Prompts(first(queries), first(passages));
  }

  private static Map<String, PromptTemplate> first(Map<String, List<PromptTemplate>> prompts) {
    return prompts.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().get(0)));
  }

  /** Returns the names of the domains with several prompts for texts of a kind, {@link Prompts#EVERY_TASK} among them, in alphabetical order. */
  public SortedSet<String> several(TextKind kind) {
    return several(byDomain(kind));
  }

  /** Returns the prompts of the texts of a kind in a domain. */
  public Drawn of(TextKind kind, String domain) {
    return Stream.of(domain, Prompts.EVERY_TASK)
        .filter(byDomain(kind)::containsKey)
        .findFirst()
        .map(name -> new Drawn(byDomain(kind).get(name), seed))
        .orElse(Drawn.NONE);
  }

  private Map<String, List<PromptTemplate>> byDomain(TextKind kind) {
    return kind == TextKind.QUERY ? queries : passages;
  }

  /**
   * Prompts of which a text gets one.
   *
   * @param templates at least one; one that is repeated is drawn as many times as often
   * @param seed of the draws; 0 with one prompt
   */
  public record Drawn(List<PromptTemplate> templates, long seed) {
    /** The prompt that leaves texts as they are. */
    public static final Drawn NONE = always(PromptTemplate.IDENTITY);

    public Drawn {
      templates = List.copyOf(templates);
      if (templates.isEmpty()) {
        throw new IllegalArgumentException("there must be a prompt");
      }
      seed = templates.size() > 1 ? seed : 0;
    }

    /** Returns the draw that always gives the same prompt. */
    public static Drawn always(PromptTemplate prompt) {
      return new Drawn(List.of(prompt), 0);
    }

    /** Returns a text with its prompt. */
    public String apply(String text) {
      return template(text).apply(text);
    }

    private PromptTemplate template(String text) {
      if (templates.size() == 1) {
        return templates.get(0);
      }
      long hash = CounterRandom.fnv1a(text.getBytes(StandardCharsets.UTF_8));
      return templates.get(
          CounterRandom.below(templates.size(), CounterRandom.bits(seed, STREAM, hash)));
    }
  }
}
