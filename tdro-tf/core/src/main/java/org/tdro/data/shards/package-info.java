/**
 * Rows as token ids in memory-mapped Arrow files: written once by {@link org.tdro.data.shards.TrainingDataImport}, read by
 * {@link org.tdro.data.shards.TrainingData}.
 */
package org.tdro.data.shards;
