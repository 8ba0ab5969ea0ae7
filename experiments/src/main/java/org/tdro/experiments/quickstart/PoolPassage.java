package org.tdro.experiments.quickstart;

/**
 * A passage in its domain's pool.
 *
 * @param id the docid
 * @param entry its content and questions
 * @param heldOut whether it answers a test query, and so occurs in no training line, neither as positive nor as negative
 */
record PoolPassage(String id, Entry entry, boolean heldOut) {}
