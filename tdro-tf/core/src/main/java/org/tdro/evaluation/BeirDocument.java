package org.tdro.evaluation;

/**
 * A document of an evaluation set.
 *
 * @param title empty where there is none
 */
public record BeirDocument(String id, String title, String text) {
  /** What is encoded: the title, a blank and the text, or the text alone where there is no title. */
  public String content() {
    return title.isEmpty() ? text : title + " " + text;
  }
}
