/**
 * Which rows of which domains a training step sees: a function of (seed, step), so that resuming needs the step alone.
 */
package org.tdro.data.mixture;
