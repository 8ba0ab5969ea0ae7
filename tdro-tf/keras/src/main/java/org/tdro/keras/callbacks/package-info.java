/**
 * Callbacks with the names and habits of Keras'. Their order does not matter: what looks at logs does so after the step,
 * what writes checkpoints does so once every callback has seen the step, so a step that {@link
 * org.tdro.keras.callbacks.TerminateOnNaN} refuses is never saved.
 */
package org.tdro.keras.callbacks;
