/**
 * Low-rank adapters beside frozen weights (Hu et al. 2021).
 */
package org.tdro.models.lora;
