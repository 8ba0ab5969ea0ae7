/**
 * Benchmarks: what a step of training costs, and whether memory stays flat. They run the library's own models, losses and
 * optimizers on made-up tokens, and print numbers without judging them.
 */
package org.tdro.experiments.bench;
