package org.tdro.mixing;

/** The share of a domain in a mixture. */
public record DomainWeight(DomainSize domain, double weight) {
  public DomainWeight {
    if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("the weight of domain " + domain.name()
          + " must be at least 0 and finite, was " + weight);
    }
  }

  /** Returns the name of the domain. */
  public String name() {
    return domain.name();
  }
}
