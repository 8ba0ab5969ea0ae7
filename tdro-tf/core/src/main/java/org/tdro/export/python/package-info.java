/** Retrievers as folders for Python, as transformers, sentence-transformers and PEFT keep them. */
package org.tdro.export.python;
