/** Layers: functions of a tensor with weights of their own. */
package org.tdro.keras.layers;
