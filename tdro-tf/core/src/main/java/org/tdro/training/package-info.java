/**
 * The three stages of tDRO as configurations of one trainer, the pipeline through them, and what a run leaves behind: its
 * configuration, its provenance, its telemetry.
 */
package org.tdro.training;
