package org.tdro.text;

/**
 * What stands around a text before it is tokenised.
 *
 * @param template has {@value #TEXT} once, where the text goes
 */
public record PromptTemplate(String template) {
  public static final String TEXT = "{text}";
  /** The text as it is. */
  public static final PromptTemplate IDENTITY = new PromptTemplate(TEXT);

  public PromptTemplate {
    var at = template.indexOf(TEXT);
    if (at < 0 || template.indexOf(TEXT, at + 1) >= 0) {
      throw new IllegalArgumentException(
          "a prompt must hold %s exactly once, was: %s".formatted(TEXT, template));
    }
  }

  /** The form of E5-mistral (Wang et al. 2024): an instruction before the query. */
  public static PromptTemplate instruct(String task) {
    return new PromptTemplate("Instruct: " + task + "\nQuery: " + TEXT);
  }

  public String apply(String text) {
    var at = template.indexOf(TEXT);
    return template.substring(0, at) + text + template.substring(at + TEXT.length());
  }
}
