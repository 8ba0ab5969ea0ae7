/**
 * Training data: rows of text become memory-mapped Arrow files of token ids, and these become batches.
 *
 * <p>Importing: {@link org.tdro.data.TrainingDataImport} reads JSONL and writes one pair of files per domain. Training:
 * {@link org.tdro.data.TrainingData} → {@link org.tdro.data.MixtureSampler} → {@link org.tdro.data.ContrastiveBatches} →
 * {@link org.tdro.data.Prefetcher}. Nothing on that way has a state that matters: a batch is a function of (data, seed, index),
 * so resuming needs the step number only, and memory stays constant however many rows there are.
 */
package org.tdro.data;
