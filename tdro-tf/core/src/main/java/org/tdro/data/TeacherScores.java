package org.tdro.data;

/**
 * A teacher's scores of the passages of a batch.
 *
 * @param scores {@code [batch, passagesPerQuery]}, row by row, in the order of the passages; 0 in rows that have none
 * @param present {@code [batch]}, whether the row has scores: those of a domain all have or all have not
 */
@SuppressWarnings("ArrayRecordComponent") // fed to the graph once, never compared
public record TeacherScores(float[] scores, boolean[] present) {}
