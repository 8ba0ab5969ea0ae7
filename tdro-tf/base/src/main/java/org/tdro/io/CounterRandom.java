package org.tdro.io;

/**
 * Random numbers by position instead of by state: each is a hash of a key and of counters, so any of them can be had at any time
 * by any thread. Mixing is SplitMix64's (Steele, Lea and Flood 2014), applied once per counter.
 */
public final class CounterRandom {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private CounterRandom() {}

  /** 64 random bits for a seed and the counters. */
  public static long bits(long seed, long... counters) {
    var state = mix(seed + GOLDEN);
    for (var counter : counters) {
      state = mix(state + GOLDEN + mix(counter + GOLDEN));
    }
    return state;
  }

  /** A number in {@code [0, 1)} with 53 random bits. */
  public static double unit(long bits) {
    return (bits >>> 11) * 0x1.0p-53;
  }

  /** A number in {@code [0, bound)}; the bias is below bound / 2^31. */
  public static int below(int bound, long bits) {
    return (int) (((bits >>> 33) * bound) >>> 31);
  }

  /** The finaliser of SplitMix64: a bijection of 64 bits. */
  public static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
