/**
 * tDRO: the weights of the domains as state of a training graph ({@link org.tdro.mixing.tdro.DomainWeights}) and the measures of a
 * domain's loss ({@link org.tdro.mixing.tdro.LossMeasure}).
 */
package org.tdro.mixing.tdro;
