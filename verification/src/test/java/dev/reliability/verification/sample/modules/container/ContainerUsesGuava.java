package dev.reliability.verification.sample.modules.container;

import com.google.common.collect.ImmutableList;

/** A sample for the proof that a rule bites. */
public final class ContainerUsesGuava {
  public static final Class<?> USED = ImmutableList.class;

  private ContainerUsesGuava() {}
}
