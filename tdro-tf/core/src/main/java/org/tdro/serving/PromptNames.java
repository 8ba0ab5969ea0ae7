package org.tdro.serving;

import java.util.Set;
import java.util.stream.Collectors;
import org.tdro.text.Prompts;
import org.tdro.text.TextKind;

/** The names of the prompts of a kind of texts. */
record PromptNames(TextKind kind, Set<String> names) {
  /** A published model may have one for each of a hundred tasks. */
  private static final int SHOWN = 20;

  static PromptNames of(Prompts prompts, TextKind kind) {
    return new PromptNames(kind, prompts.names(kind));
  }

  /**
   * Checks that there is a prompt of a name, or the name is that of the prompt of all texts.
   *
   * @throws ApiException 400 if there is not
   */
  void require(String name) {
    if (!name.equals(Prompts.EVERY_TASK) && !names.contains(name)) {
      throw ApiException.badRequest(
          "there is no prompt %s of %s; there are %s".formatted(name, kind.plural(), shown()));
    }
  }

  private String shown() {
    if (names.isEmpty()) {
      return "none";
    }
    var first = names.stream().limit(SHOWN).collect(Collectors.joining(", "));
    int more = names.size() - SHOWN;
    return more > 0 ? first + " and %d more".formatted(more) : first;
  }
}
