/** Mixtures found by what development queries say of a few models: the mathematics, without models. */
package org.tdro.mixing.search;
