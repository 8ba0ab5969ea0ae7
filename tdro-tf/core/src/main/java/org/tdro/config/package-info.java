/**
 * Typed configuration: what a run is, said in HOCON files and {@code key=value} arguments and read into records.
 *
 * <p>{@link org.tdro.config.ConfigComposer} lays files and arguments over one another, {@link org.tdro.config.TdroConfig} and the
 * records below it say what keys there are and which values they take, {@link org.tdro.config.ResolvedConfig} is the result with
 * the origin of every value. Whatever is wrong is reported at once, by file and line, in one
 * {@link org.tdro.config.ConfigException}. Nothing here knows the other packages: they are configured, not imported.
 */
package org.tdro.config;
