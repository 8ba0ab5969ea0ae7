package org.tdro.export.python;

import java.util.Optional;
import org.tdro.retriever.RetrieverSettings;
import org.tdro.text.TextKind;

/** Which encoder goes into a folder that holds one. */
final class ExportedSide {
  private ExportedSide() {}

  /** @throws IllegalArgumentException if queries and passages have their own, and it is not said whose */
  static TextKind of(RetrieverSettings settings, Optional<TextKind> side) {
    if (settings.spec().untied() && side.isEmpty()) {
      throw new IllegalArgumentException(
          "queries and passages have encoders of their own, and a folder holds one: say which, with --side query or --side passage");
    }
    return side.orElse(TextKind.PASSAGE);
  }
}
