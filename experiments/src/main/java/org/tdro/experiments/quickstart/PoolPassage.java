package org.tdro.experiments.quickstart;

/**
 * A passage in its domain's pool.
 *
 * @param id the docid
 * @param entry what it says and which questions it answers
 * @param heldOut whether it answers a test query and must not occur in a training line, neither as positive nor as negative
 */
record PoolPassage(String id, Entry entry, boolean heldOut) {}
