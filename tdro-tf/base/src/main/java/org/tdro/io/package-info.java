/**
 * Files and processes, the lowest floor, which every room may use: atomic writes, logs that are cut back when a run resumes, JSON,
 * lines of text, exceptions for unusable input and failing files, checks of arguments, locks, ordered parallel work, and
 * reproducible random numbers.
 */
package org.tdro.io;
