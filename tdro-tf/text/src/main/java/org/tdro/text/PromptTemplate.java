package org.tdro.text;

/**
 * Text that is put around a text before it is tokenised.
 *
 * @param template holds {@value #TEXT} once, in place of the text
 */
public record PromptTemplate(String template) {
  /** The placeholder. */
  public static final String TEXT = "{text}";
  /** The template that leaves a text unchanged. */
  public static final PromptTemplate IDENTITY = new PromptTemplate(TEXT);

  public PromptTemplate {
    var at = template.indexOf(TEXT);
    if (at < 0 || template.indexOf(TEXT, at + 1) >= 0) {
      throw new IllegalArgumentException(
          "a prompt must hold %s exactly once, was: %s".formatted(TEXT, template));
    }
  }

  /** Returns the template that puts {@code prefix} before a text. */
  public static PromptTemplate before(String prefix) {
    return new PromptTemplate(prefix + TEXT);
  }

  /** Returns the template of E5-mistral (Wang et al. 2024): an instruction before the query. */
  public static PromptTemplate instruct(String task) {
    return before("Instruct: " + task + "\nQuery: ");
  }

  /** Returns the template with {@code text} in its place. */
  public String apply(String text) {
    return beforeText() + text + afterText();
  }

  /** Returns what is put before a text. */
  public String beforeText() {
    return template.substring(0, template.indexOf(TEXT));
  }

  /** Returns what is put after a text. */
  public String afterText() {
    return template.substring(template.indexOf(TEXT) + TEXT.length());
  }
}
