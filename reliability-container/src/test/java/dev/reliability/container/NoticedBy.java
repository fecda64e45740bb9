package dev.reliability.container;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The tests of a contract that are there for this fault; others may notice it too. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface NoticedBy {
  String[] value();
}
