/** Texts that say the same: normalisation, near-duplicates by Jaccard similarity or SimHash, and training rows that repeat others or evaluation sets. */
package org.tdro.rows.duplicates;
