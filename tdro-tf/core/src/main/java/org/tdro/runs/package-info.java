/**
 * Run folder, run record, provenance and telemetry: the traces of a run, for whoever resumes, compares or reports it.
 */
package org.tdro.runs;
