package org.tdro.tools.options;

import java.util.OptionalInt;
import org.tdro.rows.duplicates.Nearness;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say which texts are near to each other. */
public final class NearnessOptions {
  private static final double JACCARD = 0.9;

  @Option(
      names = "--jaccard",
      paramLabel = "T",
      description =
          "Near texts have at least this part of the words of either in common, above 0 to 1: their Jaccard "
              + "similarity, repeated words counted (default: " + JACCARD + ").")
  private Double jaccard;

  @Option(
      names = "--distance",
      paramLabel = "K",
      description =
          "In addition, their SimHashes differ in at most K of 64 bits, 0 to 6. Misses many that differ in a word "
              + "(default: not compared).")
  private Integer distance;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /** Returns whether one of the options was given. */
  public boolean isGiven() {
    return jaccard != null || distance != null;
  }

  public Nearness nearness() {
    try {
      return new Nearness(
          jaccard == null ? JACCARD : jaccard,
          distance == null ? OptionalInt.empty() : OptionalInt.of(distance));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage().replaceAll("(?m)^", "--"), e);
    }
  }
}
