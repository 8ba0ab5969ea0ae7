/** Other runtimes, measured beside this one on the same texts and weights. */
package org.tdro.peers;
