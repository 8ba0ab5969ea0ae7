/** Junk planted in training rows on purpose, to see whether an audit or a learned mixture finds it. */
package org.tdro.experiments.spoiling;
