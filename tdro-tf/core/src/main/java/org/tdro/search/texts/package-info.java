/** Files of documents and of queries: an id, a text and perhaps a title each. */
package org.tdro.search.texts;
