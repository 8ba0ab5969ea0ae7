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
    var at = template.indexOf(TEXT);
    return template.substring(0, at) + text + template.substring(at + TEXT.length());
  }
}
