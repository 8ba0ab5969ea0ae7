package org.tdro.rows.duplicates;

import org.tdro.io.Checks;

/**
 * When two texts that are not equal count as the same: both must hold.
 *
 * @param distance the SimHashes differ in at most so many bits, from 0 to {@value SimHashIndex#MAX_DISTANCE}
 * @param overlap the texts share at least this part of their shingles, from 0 to 1
 */
public record Nearness(int distance, double overlap) {
  public Nearness {
    new Checks()
        .that(
            distance >= 0 && distance <= SimHashIndex.MAX_DISTANCE,
            "distance must be from 0 to %d, was %d".formatted(SimHashIndex.MAX_DISTANCE, distance))
        .fraction("overlap", overlap)
        .done();
  }
}
