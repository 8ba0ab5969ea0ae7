package org.tdro.rows;

/**
 * A document.
 *
 * @param id unique in its collection
 * @param title empty if there is none
 * @param text the body
 */
public record Passage(String id, String title, String text) {
  /** Returns the text to be encoded: title, blank and text, or the text alone. */
  public String content() {
    return title.isEmpty() ? text : title + " " + text;
  }
}
