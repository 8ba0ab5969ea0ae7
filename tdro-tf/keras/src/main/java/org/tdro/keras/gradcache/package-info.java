/**
 * Cached gradients (GradCache, Gao et al. 2021): the exact gradients of a large batch in the memory of a small one. Start at
 * {@link org.tdro.keras.gradcache.GradientCache}.
 */
package org.tdro.keras.gradcache;
