/**
 * Which rows of which domains a training step sees: a function of (seed, schedule, step), so that resuming
 * needs no state but a schedule that moved.
 */
package org.tdro.data.mixture;
