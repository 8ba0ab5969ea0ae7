package org.tdro.evaluation;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.tdro.io.InputException;
import org.tdro.io.Sha256;
import org.tdro.search.Corpus;
import org.tdro.search.IdOrder;
import org.tdro.search.Run;

/**
 * Judgements of question answering: a document is relevant if its title and text hold an answer, word by word (Karpukhin et al., EMNLP
 * 2020). A word is a sequence of letters, digits and marks, or any other character that is neither a blank nor a control character; case and
 * the composition of characters do not matter. Only documents that a run has found are judged.
 */
public final class AnswerJudgements implements Judgements {
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}\\p{M}]+|[^\\p{Z}\\p{C}]");

  private final Map<String, List<String>> answers;

  private AnswerJudgements(Map<String, List<String>> answers) {
    this.answers = answers;
  }

  /**
   * Returns judgements by answers.
   *
   * @param answers by query; at least one for each
   * @throws IllegalArgumentException if a query does not have an answer, or an answer does not have a word
   */
  public static AnswerJudgements of(Map<String, List<String>> answers) {
    var copy = new TreeMap<String, List<String>>(IdOrder.ASCENDING);
    answers.forEach((query, texts) -> {
      if (texts.isEmpty() || !texts.stream().allMatch(AnswerJudgements::isAnswer)) {
        throw new IllegalArgumentException(
            "query '" + query + "' needs answers with at least one word each, has " + texts);
      }
      copy.put(query, List.copyOf(texts));
    });
    return new AnswerJudgements(Collections.unmodifiableMap(copy));
  }

  /** Returns whether a text has a word; one without would be found in every document. */
  public static boolean isAnswer(String text) {
    return WORD.matcher(text).find();
  }

  /** Returns the words of a text, decomposed (NFD) and in lower case. */
  static List<String> words(String text) {
    return WORD.matcher(Normalizer.normalize(text, Normalizer.Form.NFD))
        .results()
        .map(MatchResult::group)
        .map(word -> word.toLowerCase(Locale.ROOT))
        .toList();
  }

  @Override
  public Set<String> queries() {
    return answers.keySet();
  }

  @Override
  public Qrels of(Run run, Corpus corpus) {
    var queriesOf = new HashMap<String, List<String>>();
    for (var query : answers.keySet()) {
      for (var document : run.of(query)) {
        queriesOf.computeIfAbsent(document.id(), id -> new ArrayList<>()).add(query);
      }
    }
    var words = new HashMap<String, List<List<String>>>();
    answers.forEach((query, texts) ->
        words.put(query, texts.stream().map(AnswerJudgements::words).toList()));
    var judged = new HashMap<String, Map<String, Integer>>();
    answers.keySet().forEach(query -> judged.put(query, new LinkedHashMap<>()));
    try (var documents = corpus.documents()) {
      documents.filter(document -> queriesOf.containsKey(document.id())).forEach(document -> {
        var text = words(document.title() + " " + document.text());
        for (var query : queriesOf.get(document.id())) {
          boolean found = words.get(query).stream()
              .anyMatch(answer -> Collections.indexOfSubList(text, answer) >= 0);
          judged.get(query).put(document.id(), found ? 1 : 0);
        }
      });
    }
    return Qrels.of(judged);
  }

  @Override
  public boolean areComplete() {
    return false;
  }

  @Override
  public Set<String> relevant() {
    throw new InputException(
        "which documents hold an answer is known only of those that were retrieved, so a sample of the documents cannot be drawn: this cannot be a development set");
  }

  @Override
  public Judgements only(Predicate<String> queries) {
    var part = new HashMap<>(answers);
    part.keySet().removeIf(queries.negate());
    return of(part);
  }

  @Override
  public String fingerprint() {
    return Sha256.of(answers.entrySet().stream()
        .flatMap(entry -> Stream.concat(
            Stream.of("answers of " + entry.getKey()), entry.getValue().stream().sorted())));
  }
}
