package org.tdro.retriever.contrastive;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.tdro.config.Default;
import org.tdro.config.InputFile;
import org.tdro.io.Checks;

/**
 * Candidates that are left out of a row's negatives because their score says that they are relevant: it is above the positive's by
 * more than a margin. Scores are inner products, so cosines if embeddings have unit length; the temperature plays no part.
 *
 * @param judge whose scores are compared
 * @param margin how much more than the positive a candidate scores at least; below 0, candidates that score less are left out, too
 * @param guide folder of the retriever that judges, whose tokenizer is that of the rows
 */
public record FalseNegatives(
    @Default("none") Judge judge,
    @Default("0") double margin,
    @Default("") @InputFile(InputFile.Kind.FOLDER) Optional<Path> guide) {

  /** The retrievers whose scores tell. */
  public enum Judge {
    /** No candidate is left out. */
    NONE,
    /** The model that is trained, with its whole embeddings (Zhang et al. 2025, Qwen3 Embedding, with a margin of 0.1). */
    MODEL,
    /** Another retriever, which does not learn (Solatorio 2024, GISTEmbed, with a margin of 0). */
    GUIDE
  }

  /** No candidate is left out. */
  public static final FalseNegatives KEPT = new FalseNegatives(Judge.NONE, 0, Optional.empty());

  public FalseNegatives {
    new Checks()
        .that(Double.isFinite(margin), "margin must be a finite number, was " + margin)
        .that(
            judge != Judge.NONE || margin == 0,
            "judge must be model or guide where there is a margin, was none, which leaves no candidate out")
        .that(
            guide.isPresent() == (judge == Judge.GUIDE),
            guide.isPresent()
                ? "judge must be guide where there is a guide, was "
                    + judge.name().toLowerCase(Locale.ROOT)
                : "guide is missing: judge is guide, so give the folder of a retriever with the same tokenizer")
        .done();
  }

  /** Returns whether candidates are left out. */
  public boolean isOn() {
    return judge != Judge.NONE;
  }
}
