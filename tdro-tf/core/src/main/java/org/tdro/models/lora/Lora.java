package org.tdro.models.lora;

import java.util.LinkedHashSet;
import java.util.List;
import org.tdro.io.Checks;

/**
 * Low-rank adaptation (Hu et al. 2022): a frozen map W becomes W + (α / r)·A·B with trained A {@code [in, r]} and B
 * {@code [r, out]}.
 *
 * @param rank r; 0 for no adaptation
 * @param alpha α
 * @param dropout share of the inputs of A set to 0 in training
 * @param targetModules names of the maps that are adapted, or last parts of names, such as {@code q_proj} or {@code
 *     attention.output.dense}; empty for those that are usual for the architecture
 */
public record Lora(int rank, double alpha, float dropout, List<String> targetModules) {
  /** No adaptation: every weight is trained. */
  public static final Lora NONE = new Lora(0, 1, 0, List.of());

  public Lora {
    targetModules = List.copyOf(targetModules);
    new Checks()
        .atLeast(0, "rank", rank)
        .positive("alpha", alpha)
        .rate("dropout", dropout)
        .done();
  }

  /** Whether it adapts anything. */
  public boolean adapts() {
    return rank > 0;
  }

  /** Returns the same with other target modules. */
  public Lora with(List<String> targets) {
    return new Lora(rank, alpha, dropout, targets);
  }

  /**
   * Checks that every target module is there.
   *
   * @param maps the paths of a model's linear maps
   * @throws IllegalArgumentException naming those that are not, and what is there
   */
  public void check(List<String> maps) {
    var missing = targetModules.stream()
        .filter(target -> maps.stream().noneMatch(map -> isNamed(target, map)))
        .toList();
    if (!missing.isEmpty()) {
      var there = new LinkedHashSet<String>();
      maps.forEach(map -> there.add(map.substring(map.lastIndexOf('/') + 1)));
      throw new IllegalArgumentException("the model does not have %s; choose from %s"
          .formatted(String.join(", ", missing), String.join(", ", there)));
    }
  }

  /** Whether a map of that path is adapted. */
  boolean targets(String path) {
    return targetModules.stream().anyMatch(target -> isNamed(target, path));
  }

  private static boolean isNamed(String target, String path) {
    return ("/" + path).endsWith("/" + target.replace('.', '/'));
  }

  /** Returns α / r. */
  public float scale() {
    return (float) (alpha / rank);
  }
}
