package org.tdro.rows;

import java.nio.charset.StandardCharsets;
import org.tdro.io.CounterRandom;

/** A half of a domain's rows, or all of them. */
public enum Fold {
  /** Both halves. */
  ALL,
  /** The rows whose query hashes to an even number. */
  FIRST,
  /** The rows whose query hashes to an odd number. */
  SECOND;

  /**
   * Returns the half that a query belongs to: the lowest bit of the FNV-1a hash of its id's UTF-8 bytes, after the finaliser of
   * SplitMix64. Without the finaliser it would be the parity of the bytes' lowest bits.
   */
  public static Fold of(String queryId) {
    long hash = CounterRandom.fnv1a(queryId.getBytes(StandardCharsets.UTF_8));
    return (CounterRandom.mix(hash) & 1) == 0 ? FIRST : SECOND;
  }
}
