package org.tdro.evaluation;

import java.util.Set;
import java.util.function.Predicate;
import org.tdro.io.InputException;
import org.tdro.search.Corpus;
import org.tdro.search.Run;

/** What decides which documents are relevant to a query: a list of them ({@link Qrels}), or what their texts say. */
public interface Judgements {
  /** Returns the queries that can be judged, in ascending order of their bytes. */
  Set<String> queries();

  /**
   * Returns the judgements by which the rankings of a run are measured.
   *
   * @param corpus the documents that were ranked
   */
  Qrels of(Run run, Corpus corpus);

  /**
   * Returns whether relevant documents are known although no run has found them. If not, measures that count those, such as recall, are not
   * defined.
   */
  boolean areComplete();

  /**
   * Returns all relevant documents.
   *
   * @throws InputException if they are not known
   */
  Set<String> relevant();

  /** Returns the judgements of the queries of some ids alone. */
  Judgements only(Predicate<String> queries);

  /** Returns a hash of what is judged, and how. */
  String fingerprint();
}
