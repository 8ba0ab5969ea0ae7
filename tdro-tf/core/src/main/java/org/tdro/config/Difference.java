package org.tdro.config;

/**
 * A key with different values in two configurations.
 *
 * @param key the key
 * @param here its value in the one that was asked, as HOCON; empty where it is not set
 * @param there its value in the other
 */
public record Difference(String key, String here, String there) {

  static Difference of(String key, String here, String there) {
    return new Difference(key, here == null ? "" : here, there == null ? "" : there);
  }

  @Override
  public String toString() {
    return key + ": " + shown(here) + " here, " + shown(there) + " there";
  }

  private static String shown(String value) {
    return value.isEmpty() ? "not set" : value;
  }
}
