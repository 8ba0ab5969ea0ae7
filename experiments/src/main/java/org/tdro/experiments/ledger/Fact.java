package org.tdro.experiments.ledger;

/**
 * Something that is known of a run, under the name by which it is asked for.
 *
 * @param kind what it says
 * @param name such as {@code model.kind}, {@code inputs.data} or {@code eval.ndcg_cut_10}
 * @param value as text, a number so that it is exact
 */
public record Fact(Kind kind, String name, String value) {
  /** What a fact says of a run. */
  public enum Kind {
    /** Where it is, what it is, and how far it is. */
    RUN,
    /** A key of its configuration. */
    CONFIG,
    /** The fingerprint of an input. */
    INPUT,
    /** A version of what it was made with, or the machine. */
    VERSION,
    /** What came of it: losses, measures, time and memory. */
    RESULT
  }
}
