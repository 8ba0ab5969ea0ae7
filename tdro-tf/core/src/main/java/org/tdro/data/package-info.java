/**
 * Training data: rows of text become memory-mapped Arrow files of token ids, and these become batches.
 *
 * <p>Importing: {@link org.tdro.data.shards.TrainingDataImport} reads JSONL and writes one pair of files per domain. Training:
 * {@link org.tdro.data.shards.TrainingData} → {@link org.tdro.data.mixture.MixtureSampler} → {@link org.tdro.data.ContrastiveBatches} →
 * {@link org.tdro.keras.Prefetcher}. A batch is a function of (data, seed, index), so resuming needs only the step number, and memory
 * stays constant however many rows there are.
 */
package org.tdro.data;
