/** What is known of domains before a mixture is chosen: what a model learns on them, mispaired rows, copies. No TensorFlow is used. */
package org.tdro.mixing.audit;
