/** Static encoders made of the vocabularies of other encoders. */
package org.tdro.retriever.distil;
