package org.tdro.search;

/** A query: an id that is unique among the queries of a set, and its text. */
public record Query(String id, String text) {}
