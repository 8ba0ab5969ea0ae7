package org.tdro.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Gives the order in which the keys of a record are written, if it is not that of the components. Fingerprints depend on the order,
 * so a record keeps it when its components are rearranged.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface KeyOrder {
  /** Returns all keys of the record, including those of inlined components. */
  String[] value();
}
