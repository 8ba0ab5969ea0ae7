package org.tdro.mixing;

/** A domain and how many rows it has. */
public record DomainSize(String name, long rows) {
  public DomainSize {
    if (rows < 1) {
      throw new IllegalArgumentException(
          "domain " + name + " must have at least one row, has " + rows);
    }
  }
}
