package org.tdro.evaluation;

/** A query of an evaluation set. */
public record BeirQuery(String id, String text) {}
