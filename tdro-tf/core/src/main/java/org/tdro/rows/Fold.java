package org.tdro.rows;

import java.nio.charset.StandardCharsets;
import org.tdro.io.CounterRandom;

/** A half of a domain's rows, or all of them. */
public enum Fold {
  ALL,
  FIRST,
  SECOND;

  /**
   * The half a query belongs to: the lowest bit of its id's 64-bit FNV-1a hash (of the UTF-8 bytes), after the finaliser of
   * SplitMix64. Without it that bit would only be the parity of the bytes' lowest bits.
   */
  public static Fold of(String queryId) {
    long hash = 0xcbf29ce484222325L;
    for (var b : queryId.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return (CounterRandom.mix(hash) & 1) == 0 ? FIRST : SECOND;
  }
}
