package org.tdro.rows.duplicates;

import java.util.OptionalInt;
import org.tdro.io.Checks;

/**
 * When two texts that are not equal count as the same.
 *
 * @param jaccard their least similarity, the part of their shingles that they share; above 0 and at most 1
 * @param distance bits in which their SimHashes may differ in addition, from 0 to {@value SimHashIndex#MAX_DISTANCE}; empty for any
 */
public record Nearness(double jaccard, OptionalInt distance) {
  public Nearness {
    int bits = distance.orElse(0);
    new Checks()
        .that(jaccard > 0 && jaccard <= 1, "jaccard must be above 0 and at most 1, was " + jaccard)
        .that(
            bits >= 0 && bits <= SimHashIndex.MAX_DISTANCE,
            "distance must be from 0 to %d, was %d".formatted(SimHashIndex.MAX_DISTANCE, bits))
        .done();
  }
}
