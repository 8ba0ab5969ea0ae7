package org.tdro.data.mixture;

/**
 * Reference to a row that was drawn.
 *
 * @param domain position in the list of domains
 * @param row position in the domain's fold
 * @param epoch how often the whole domain was drawn before
 */
public record RowRef(int domain, long row, long epoch) {}
