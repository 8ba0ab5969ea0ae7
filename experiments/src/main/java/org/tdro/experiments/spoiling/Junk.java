package org.tdro.experiments.spoiling;

/** A kind of junk that collections from the web have. */
public enum Junk {
  /** Answers to other questions of the same domain. */
  SHUFFLED("paired with answers to other questions"),
  /** Wrong answers to similar questions, with the right ones labelled as wrong: each is exchanged for a hard negative. */
  SWAPPED("paired with a hard negative, with their own answer among the negatives"),
  /** Passages of another domain in place of answers. */
  OFF_TOPIC("paired with passages of another domain"),
  /** Rows that say again what other rows say. */
  COPIES("copies of other rows");

  private final String description;

  Junk(String description) {
    this.description = description;
  }

  /** Returns what such rows are, in words that follow "are". */
  public String description() {
    return description;
  }
}
