package org.tdro.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks a component that names files or folders to read, which must exist if inputs are checked. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface InputFile {
  /** The kinds of input. */
  enum Kind {
    /** A file. */
    FILE,
    /** A folder. */
    FOLDER,
    /** A file or a folder. */
    EITHER
  }

  /** Returns the kind of input that is read. */
  Kind value() default Kind.EITHER;

  /** Returns a regular expression of the values that are words rather than paths; empty if there are none. */
  String words() default "";

  /** Returns what to do if it does not exist, for the message. */
  String remedy() default "";
}
