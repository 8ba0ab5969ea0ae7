/** The update rules, with the formulas of torch's optimizers of the same names. */
package org.tdro.keras.optimizers;
