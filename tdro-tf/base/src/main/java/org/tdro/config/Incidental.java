package org.tdro.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a component, with everything below it, that does not change the result of a run: {@link ResolvedConfig#fingerprint} and
 * {@link ResolvedConfig#differences} leave its keys out, so that they may change between an interrupted run and its continuation.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Incidental {}
