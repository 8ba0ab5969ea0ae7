/** Benchmarks, {@code tdro bench}: they print figures and assert none. */
package org.tdro.tools.bench;
