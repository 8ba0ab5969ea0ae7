package org.tdro.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a component (with all below it) that changes how a run works or what is done with it, but not the weights it learns: such
 * keys are left out of {@link ResolvedConfig#fingerprint} and {@link ResolvedConfig#differences}, so that they may change between an
 * interrupted run and its continuation.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Incidental {}
