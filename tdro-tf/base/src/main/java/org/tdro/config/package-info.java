/**
 * Typed configuration: HOCON files and {@code key=value} arguments that are read into the records of any program.
 *
 * <p>{@link org.tdro.config.ConfigComposer} lays files and arguments over one another; the components of the
 * {@linkplain org.tdro.config.ConfigSchema root record} and of the records below it are the keys, and their constructors check the
 * values; {@link org.tdro.config.ResolvedConfig} is the result with the origin of every value. All problems are reported at once, by
 * file and line, in one {@link org.tdro.config.ConfigException}.
 *
 * <p>Records need only the annotations, which need no library. Who composes configurations adds
 * {@code com.typesafe:config} to its dependencies; it is an optional one of this module.
 */
package org.tdro.config;
