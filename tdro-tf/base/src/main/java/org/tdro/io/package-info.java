/**
 * Files and processes, the lowest floor, which every room may use: files and folders that appear whole or not at all, logs that
 * are cut back when a run resumes, JSON, lines of text, the exception for input that cannot be used, the checks of arguments,
 * locks, ordered parallel work and reproducible random numbers.
 */
package org.tdro.io;
