/**
 * Retrievers on disk: folders written here, published folders, and adapters of published models.
 */
package org.tdro.retriever.store;
