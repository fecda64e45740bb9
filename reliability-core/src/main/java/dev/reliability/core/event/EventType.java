package dev.reliability.core.event;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name under which a record of this class leaves the process, such as {@code run.ended}. Never
 * changed once released.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface EventType {

  /** {@code group.what}, in lower case. */
  String value();
}
