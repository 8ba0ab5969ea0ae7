/** Losses of labelled rows. */
package org.tdro.keras.losses;
