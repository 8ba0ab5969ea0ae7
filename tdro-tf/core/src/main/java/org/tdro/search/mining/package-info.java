/** Hard negatives: passages that a ranking puts near a query's positives although they are none, found for the rows of training data. */
package org.tdro.search.mining;
