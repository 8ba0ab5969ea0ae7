package org.tdro.serving.client;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.tdro.text.Prompts;
import org.tdro.text.TextKind;

/**
 * The signatures that take strings, each input {@code [batch]}, and return embeddings {@code [batch, dimension]}. Not every export has
 * them: those with a prompt's name are there where texts of the kind have prompts of tasks.
 */
public enum TextSignature {
  /** Queries, with the prompt of all queries. */
  EMBED_QUERY_TEXT(TextKind.QUERY, RetrieverAssets.TEXT),
  /** Passages, with the prompt of all passages. */
  EMBED_PASSAGE_TEXT(TextKind.PASSAGE, RetrieverAssets.TEXT),
  /** Passages with titles. */
  EMBED_TITLED_PASSAGE_TEXT(TextKind.PASSAGE, RetrieverAssets.TITLE, RetrieverAssets.TEXT),
  /** Queries, each with the prompt of a name. */
  EMBED_PROMPTED_QUERY_TEXT(TextKind.QUERY, RetrieverAssets.PROMPT_NAME, RetrieverAssets.TEXT),
  /** Passages, each with the prompt of a name. */
  EMBED_PROMPTED_PASSAGE_TEXT(TextKind.PASSAGE, RetrieverAssets.PROMPT_NAME, RetrieverAssets.TEXT),
  /** Passages with titles, each with the prompt of a name. */
  EMBED_PROMPTED_TITLED_PASSAGE_TEXT(
      TextKind.PASSAGE, RetrieverAssets.PROMPT_NAME, RetrieverAssets.TITLE, RetrieverAssets.TEXT);

  private final TextKind kind;

  @SuppressWarnings("ImmutableEnumChecker") // Set.of
  private final Set<String> inputs;

  TextSignature(TextKind kind, String... inputs) {
    this.kind = kind;
    this.inputs = Set.of(inputs);
  }

  /** Returns those of an export with these prompts. */
  public static List<TextSignature> of(Prompts prompts) {
    return Arrays.stream(values())
        .filter(signature -> !signature.takes(RetrieverAssets.PROMPT_NAME)
            || !prompts.names(signature.kind).isEmpty())
        .toList();
  }

  /** Returns that of texts of a kind alone. */
  public static TextSignature of(TextKind kind) {
    return of(kind, List.of(RetrieverAssets.TEXT));
  }

  /** Returns that of texts of a kind with these inputs. */
  static TextSignature of(TextKind kind, Collection<String> inputs) {
    return Arrays.stream(values())
        .filter(signature -> signature.kind == kind && signature.inputs.equals(Set.copyOf(inputs)))
        .findFirst()
        .orElseThrow();
  }

  /** Returns the name of the signature. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the kind of its texts. */
  public TextKind kind() {
    return kind;
  }

  /** Returns whether it has an input of a name. */
  public boolean takes(String input) {
    return inputs.contains(input);
  }
}
