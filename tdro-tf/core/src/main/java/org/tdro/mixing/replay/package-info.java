/**
 * Replays recorded losses through the weight update, to compare it with the published implementation.
 */
package org.tdro.mixing.replay;
