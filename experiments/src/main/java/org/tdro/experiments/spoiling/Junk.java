package org.tdro.experiments.spoiling;

/** A kind of junk that collections from the web have. */
public enum Junk {
  /** Answers to other questions of the same domain. */
  SHUFFLED("answers to other questions"),
  /** Wrong answers to similar questions, with the right ones labelled as wrong: each is exchanged for a hard negative. */
  MISPAIRED("wrong answers, with the right ones among the negatives"),
  /** Passages of another domain in place of answers. */
  OFF_TOPIC("passages on another subject"),
  /** Rows that say again what other rows say. */
  COPIES("copies of other rows");

  private final String description;

  Junk(String description) {
    this.description = description;
  }

  /** Returns what such rows hold, in words. */
  public String description() {
    return description;
  }
}
