package org.tdro.io;

/**
 * Random numbers by position instead of by state: each is a hash of a seed and of counters, so any thread can compute any of them
 * at any time. They are mixed by SplitMix64 (Steele, Lea and Flood 2014), once for each counter.
 */
public final class CounterRandom {
  /** 2⁶⁴ / φ, the increment of SplitMix64. */
  public static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private CounterRandom() {}

  /** Returns 64 random bits for a seed and counters. */
  public static long bits(long seed, long... counters) {
    var state = mix(seed + GOLDEN);
    for (var counter : counters) {
      state = mix(state + GOLDEN + mix(counter + GOLDEN));
    }
    return state;
  }

  /** Returns a number in {@code [0, bound)}; the bias is below bound / 2^31. */
  public static int below(int bound, long bits) {
    return (int) (((bits >>> 33) * bound) >>> 31);
  }

  /**
   * Returns the 64-bit FNV-1a hash of some bytes (Fowler, Noll and Vo), which is the same on every machine. Neighbouring bytes
   * show in its low bits: {@link #mix} it before single bits are used.
   */
  public static long fnv1a(byte[] bytes) {
    long hash = FNV_OFFSET;
    for (byte b : bytes) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    return hash;
  }

  /**
   * Returns a hash of a name: FNV-1a of its UTF-16 code units. It equals {@link #fnv1a} of the bytes for ASCII alone. Initial
   * weights and generated collections follow from it, so it stays as it is.
   */
  public static long nameHash(String name) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * FNV_PRIME;
    }
    return hash;
  }

  /** Applies the finaliser of SplitMix64, a bijection of 64 bits. */
  public static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
