/** tDRO on TensorFlow Java. */
package org.tdro;
