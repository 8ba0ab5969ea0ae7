/**
 * What a run leaves behind: its folder, its record, its provenance and its telemetry.
 */
package org.tdro.runs;
