package org.tdro.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Gives a component that was added to its record later the value that files without its key mean. At that value it is left out of
 * {@link ResolvedConfig#fingerprint} and {@link ResolvedConfig#differences}, so that what was written before stays readable and the
 * same.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Default {
  /** The value as a file has it; empty for an optional value that is not set. */
  String value();
}
