package org.tdro.rows.duplicates;

/**
 * A known text that says the same as another text.
 *
 * @param exact whether they are equal after normalisation
 * @param distance bits in which their SimHashes differ
 * @param overlap the part of their shingles that they share
 */
public record Match(KnownText text, boolean exact, int distance, double overlap) {}
