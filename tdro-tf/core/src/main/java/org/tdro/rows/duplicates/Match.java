package org.tdro.rows.duplicates;

/**
 * A known text that says the same as another text.
 *
 * @param exact whether they are equal after normalisation
 * @param jaccard the part of their shingles that they share
 */
public record Match(KnownText text, boolean exact, double jaccard) {}
