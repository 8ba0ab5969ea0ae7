/** Commands about training data: {@code tdro data} and {@code tdro tokenizer}. */
package org.tdro.tools.data;
