package org.tdro.rows.duplicates;

/**
 * A text that others are compared with.
 *
 * @param set the evaluation set, or the domain, that it is from
 * @param id unique in the set
 */
public record KnownText(String set, String id, String text) {}
