package dev.reliability.container.orphan;

import java.util.Locale;

/** What is done about orphans. */
public enum OrphanPolicy {
  /** They are told, and left as they are. */
  REPORT,
  /** They are told and stopped: asked to end, and killed after a grace. */
  STOP,
  /** They belong to this incarnation from now on. Only where a worker can be attached to again. */
  ADOPT;

  /** The spelling that leaves the process, such as {@code report}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
