package org.tdro.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Gives a component that was added to its record later the value of files without its key. At that value it is left out of
 * {@link ResolvedConfig#fingerprint} and {@link ResolvedConfig#differences}, so that older files stay readable and equal.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Default {
  /** Returns the value as in a file; empty for an optional value that is not set. */
  String value();
}
