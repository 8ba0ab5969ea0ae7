package org.tdro.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The order in which the keys of a record are written, where it is not that of the components. Fingerprints depend on the order, so
 * a record keeps it when its components are put together differently.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface KeyOrder {
  /** Every key of the record, those of inlined components among them. */
  String[] value();
}
