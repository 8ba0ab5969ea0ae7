package org.tdro.data;

/**
 * A training row as token ids.
 *
 * @param query ids of the query
 * @param positives ids of each relevant passage, at least one
 * @param negatives ids of each irrelevant passage, possibly none
 */
@SuppressWarnings("ArrayRecordComponent") // read for one batch, never compared
public record TokenizedRow(int[] query, int[][] positives, int[][] negatives) {}
