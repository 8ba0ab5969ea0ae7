package org.tdro.rows;

/**
 * A document.
 *
 * @param id unique in its collection
 * @param title empty where there is none
 * @param text the body
 */
public record Passage(String id, String title, String text) {
  /** What is encoded: the title, a blank and the text, or the text alone. */
  public String content() {
    return title.isEmpty() ? text : title + " " + text;
  }
}
