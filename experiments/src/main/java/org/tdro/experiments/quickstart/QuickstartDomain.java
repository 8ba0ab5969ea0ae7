package org.tdro.experiments.quickstart;

import java.util.List;

/**
 * The training domains. They differ in size, length, kind of text and in what a model must learn for them; so it
 * matters how they are mixed.
 *
 * <table>
 * <caption>Domains</caption>
 * <tr><th>domain</th><th>question → passage</th><th>lines</th><th>difficulty</th></tr>
 * <tr><td>timetable</td><td>connection → line of a timetable</td><td>3540</td><td>easy: town names; the hour in words must be learned</td></tr>
 * <tr><td>people</td><td>question → part of an invented life</td><td>1350</td><td>easy by name, medium by description</td></tr>
 * <tr><td>arithmetic</td><td>word problem → its solution</td><td>1376</td><td>medium: numbers match, the kind of sum is told by other words</td></tr>
 * <tr><td>recipes</td><td>wish in American words → recipe in British ones</td><td>320</td><td>hard: synonyms in long passages</td></tr>
 * <tr><td>geography</td><td>question → sentence about a country</td><td>1006</td><td>medium: the name matches, the attribute is paraphrased</td></tr>
 * <tr><td>geography_xling</td><td>German or Spanish question → English sentence</td><td>1006</td><td>hard: translations</td></tr>
 * <tr><td>elements</td><td>question with a chemical symbol → very short fact</td><td>486</td><td>hard: symbols, hardly a word in common</td></tr>
 * <tr><td>manual</td><td>wish in everyday words → command line</td><td>300</td><td>hard: paraphrase only</td></tr>
 * <tr><td>velmori</td><td>sentence in an invented language → English</td><td>783</td><td>hard: a vocabulary of its own, each word seen a few times</td></tr>
 * <tr><td>crawl</td><td>questions on the subjects of other domains → replies</td><td>2284</td><td>noisy: two of three replies answer a similar question; no test set</td></tr>
 * </table>
 */
public enum QuickstartDomain {
  TIMETABLE("timetable", 3540, 4, 120),
  PEOPLE("people", 1350, 4, 120),
  ARITHMETIC("arithmetic", 1376, 4, 120),
  RECIPES("recipes", 320, 4, 100),
  GEOGRAPHY("geography", 1006, 5, 120),
  GEOGRAPHY_XLING("geography_xling", 1006, 4, 120),
  ELEMENTS("elements", 486, 7, 100),
  MANUAL("manual", 300, 7, 80),
  VELMORI("velmori", 783, 7, 120),
  CRAWL("crawl", 2284, 4, 0);

  private static final List<String> ENGLISH = List.of("query");

  private final String id;
  private final int lines;
  private final int negatives;
  private final int testQueries;

  QuickstartDomain(String id, int lines, int negatives, int testQueries) {
    this.id = id;
    this.lines = lines;
    this.negatives = negatives;
    this.testQueries = testQueries;
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

  /** Returns whether most of its positives are wrong on purpose. */
  public boolean noisy() {
    return this == CRAWL;
  }

  /** Returns all passages, including those to be held out. */
  List<Entry> entries() {
    return switch (this) {
      case TIMETABLE -> sheet().entries(Timetable.rows(36, 3), ENGLISH, 2);
      case PEOPLE -> sheet().entries(People.rows(265), ENGLISH, 2);
      case ARITHMETIC -> sheet().entries(Arithmetic.rows(300), ENGLISH, 1);
      case RECIPES -> sheet().entries(Recipes.rows(420), ENGLISH, 1);
      case GEOGRAPHY -> sheet().entries(Countries.rows(), ENGLISH, 2);
      case GEOGRAPHY_XLING ->
        GEOGRAPHY.sheet().entries(Countries.rows(), List.of("german", "spanish"), 1);
      case ELEMENTS -> sheet().entries(Elements.rows(), ENGLISH, 1);
      case MANUAL -> sheet().entries(Manual.rows(95, 4), ENGLISH, 1);
      case VELMORI -> sheet().entries(Velmori.rows(130), ENGLISH, 1);
      case CRAWL -> Crawl.entries(GEOGRAPHY, ELEMENTS, MANUAL, RECIPES, PEOPLE);
    };
  }

  private PhraseSheet sheet() {
    return new PhraseSheet(id);
  }
}
