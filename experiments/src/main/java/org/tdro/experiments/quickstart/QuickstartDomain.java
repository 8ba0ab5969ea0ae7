package org.tdro.experiments.quickstart;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tdro.experiments.spoiling.Junk;
import org.tdro.experiments.spoiling.Spoiling;

/**
 * The training domains: seven clean ones with test sets, and three of junk as collections from the web have it. The clean ones differ
 * in size, length, kind of text and in what a model must learn for them; so it matters how they are mixed.
 *
 * <table>
 * <caption>Domains</caption>
 * <tr><th>domain</th><th>question → passage</th><th>lines</th><th>difficulty</th></tr>
 * <tr><td>people</td><td>question → part of an invented life</td><td>1350</td><td>easy by name, medium by description</td></tr>
 * <tr><td>recipes</td><td>wish in American words → recipe in British ones</td><td>1400</td><td>hard: synonyms in long passages</td></tr>
 * <tr><td>geography</td><td>question → sentence about a country</td><td>1006</td><td>medium: the name matches, the attribute is paraphrased</td></tr>
 * <tr><td>geography_xling</td><td>German or Spanish question → English sentence</td><td>1006</td><td>hard: translations</td></tr>
 * <tr><td>elements</td><td>question with a chemical symbol → very short fact</td><td>972</td><td>hard: symbols, hardly a word in common</td></tr>
 * <tr><td>manual</td><td>wish in everyday words → command line</td><td>820</td><td>hard: paraphrase only</td></tr>
 * <tr><td>velmori</td><td>sentence in an invented language → English</td><td>1270</td><td>hard: a vocabulary of its own</td></tr>
 * <tr><td>crawl</td><td>questions on the subjects of five others → replies</td><td>3184</td><td>junk: most replies answer a similar question</td></tr>
 * <tr><td>quiz</td><td>questions on geography, elements and velmori → answers</td><td>2259</td><td>junk: the answers are to other questions</td></tr>
 * <tr><td>comments</td><td>questions on people and the manual → replies</td><td>1495</td><td>junk: the replies are recipes</td></tr>
 * </table>
 */
public enum QuickstartDomain {
  PEOPLE("people", 1350, 4, 120),
  RECIPES("recipes", 1400, 4, 100),
  GEOGRAPHY("geography", 1006, 5, 120),
  GEOGRAPHY_XLING("geography_xling", 1006, 4, 120),
  ELEMENTS("elements", 972, 7, 100),
  MANUAL("manual", 820, 7, 80),
  VELMORI("velmori", 1270, 7, 120),
  CRAWL("crawl", 3184, 4, Junk.SWAPPED),
  QUIZ("quiz", 2259, 4, Junk.SHUFFLED),
  COMMENTS("comments", 1495, 4, Junk.OFF_TOPIC);

  private static final List<String> ENGLISH = List.of("query");

  private final String id;
  private final int lines;
  private final int negatives;
  private final int testQueries;
  private final Optional<Junk> junk;

  QuickstartDomain(String id, int lines, int negatives, int testQueries) {
    this(id, lines, negatives, testQueries, Optional.empty());
  }

  QuickstartDomain(String id, int lines, int negatives, Junk junk) {
    this(id, lines, negatives, 0, Optional.of(junk));
  }

  QuickstartDomain(String id, int lines, int negatives, int testQueries, Optional<Junk> junk) {
    this.id = id;
    this.lines = lines;
    this.negatives = negatives;
    this.testQueries = testQueries;
    this.junk = junk;
  }

  /** Returns the domain's name in files and weights. */
  public String id() {
    return id;
  }

  /** Returns the number of training lines. */
  public int lines() {
    return lines;
  }

  /** Returns the number of negatives of each line. */
  public int negatives() {
    return negatives;
  }

  /** Returns the number of passages, each with one question, that are held out for testing; 0 if there is no test set. */
  public int testQueries() {
    return testQueries;
  }

  /** Returns the kind of junk that it holds on purpose; empty if it is clean. */
  public Optional<Junk> junk() {
    return junk;
  }

  /** Returns the share of its rows that are spoiled, as {@code tdro data spoil} does it; empty if it is clean. */
  Optional<Spoiling> spoiling(Path train) {
    return junk.map(kind -> switch (kind) {
      case SWAPPED -> new Spoiling(kind, 0.7, 1, Optional.empty());
      case OFF_TOPIC -> new Spoiling(kind, 1, 1, Optional.of(train.resolve(RECIPES.id + ".jsonl")));
      case SHUFFLED, COPIES -> new Spoiling(kind, 1, 1, Optional.empty());
    });
  }

  /** Returns all passages, including those to be held out. */
  List<Entry> entries() {
    return switch (this) {
      case PEOPLE -> sheet().entries(People.rows(265), ENGLISH, 2);
      case RECIPES -> sheet().entries(Recipes.rows(800), ENGLISH, 2);
      case GEOGRAPHY -> sheet().entries(Countries.rows(), ENGLISH, 2);
      case GEOGRAPHY_XLING ->
        GEOGRAPHY.sheet().entries(Countries.rows(), List.of("german", "spanish"), 1);
      case ELEMENTS -> sheet().entries(Elements.rows(), ENGLISH, 2);
      case MANUAL -> sheet().entries(Manual.rows(150, 6), ENGLISH, 1);
      case VELMORI -> sheet().entries(Velmori.rows(200), ENGLISH, 1);
      case CRAWL ->
        Retold.entries(
            id,
            List.of("hi all, ", "quick question: ", "help! ", "my kid asks: ", ""),
            List.of("I read that: ", "easy. ", "copied from a site: ", "lol, ", ""),
            GEOGRAPHY,
            ELEMENTS,
            MANUAL,
            RECIPES,
            PEOPLE);
      case QUIZ ->
        Retold.entries(
            id,
            List.of("For ten points: ", "Next question: ", ""),
            List.of("Answer: ", ""),
            GEOGRAPHY,
            ELEMENTS,
            VELMORI);
      case COMMENTS ->
        Retold.entries(
            id, List.of("@all ", "Does anybody know? ", ""), List.of(""), PEOPLE, MANUAL);
    };
  }

  private PhraseSheet sheet() {
    return new PhraseSheet(id);
  }
}
