/** Metrics of labelled rows, exact over all batches of an epoch. */
package org.tdro.keras.metrics;
