/** Sweeps: one command for many configurations, each job a process. */
package org.tdro.experiments.sweep;
