/**
 * tDRO itself: the weights of the domains as state of a training graph ({@link org.tdro.dro.DomainWeights}), how a domain's
 * loss is measured ({@link org.tdro.dro.LossMeasure}), the files that carry weights from one stage to the next, and the
 * replay of recorded losses through the same graph. What an encoder does with the example weights is not known here.
 */
package org.tdro.dro;
