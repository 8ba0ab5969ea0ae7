/**
 * Rows of text with an identity: a query with its relevant and irrelevant passages, read and checked before anything is tokenised.
 */
package org.tdro.rows;
