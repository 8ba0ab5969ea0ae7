/** Text to vectors to neighbours: retrievers, contrastive losses, encoding and search. */
package org.tdro.retrieval;
