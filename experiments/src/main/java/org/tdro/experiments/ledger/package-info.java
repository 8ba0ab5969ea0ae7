/** The ledger: all runs below a folder, filtered, compared, grouped by seed, pruned and made again. */
package org.tdro.experiments.ledger;
