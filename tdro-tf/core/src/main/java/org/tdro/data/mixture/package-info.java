/**
 * The choice of the rows that a training step sees, a function of (seed, schedule, step): resuming needs no other state than a
 * schedule that was extended while training.
 */
package org.tdro.data.mixture;
