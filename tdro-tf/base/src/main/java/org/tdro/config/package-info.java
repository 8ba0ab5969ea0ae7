/**
 * Typed configuration: HOCON files and {@code key=value} arguments that are read into the records of any program.
 *
 * <p>{@link org.tdro.config.ConfigComposer} merges files and arguments; the components of the
 * {@linkplain org.tdro.config.ConfigSchema root record} and of the records below it are the keys, and their constructors check the
 * values; {@link org.tdro.config.ResolvedConfig} is the result with the origin of every value. All problems are reported at once, by
 * file and line, in one {@link org.tdro.config.ConfigException}.
 *
 * <p>Records need only the annotations, which depend on no library. A program that composes configurations adds
 * {@code com.typesafe:config}, an optional dependency of this module.
 */
package org.tdro.config;
