package dev.reliability.core.dispatch;

import java.util.Arrays;
import java.util.Locale;

/** Why something that came in was not enqueued (requirement D1). A closed set. */
public enum DispatchRejection {
  /** It is not what it should be; every fault is listed. */
  INVALID_PAYLOAD,
  /** Whoever sent it may not. */
  UNAUTHORIZED,
  /** The host's policy says no. */
  POLICY,
  /** It is known already, done or not. */
  DUPLICATE,
  /** It needs a session that is not there any more. */
  NO_REUSABLE_SESSION,
  /** Its lane is paused. */
  LANE_PAUSED,
  /** Too much is waiting in its lane. */
  CAPACITY,
  /** Something that is needed to judge or to keep it does not work. */
  DEPENDENCY_UNHEALTHY;

  /** The spelling that leaves the process, such as {@code invalid_payload}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads the spelling of {@link #wireName()}.
   *
   * @throws IllegalArgumentException naming the value if it is none of the reasons
   */
  public static DispatchRejection fromWireName(String name) {
    for (DispatchRejection reason : values()) {
      if (reason.wireName().equals(name)) {
        return reason;
      }
    }
    throw new IllegalArgumentException(
        "dispatch rejection: expected one of "
            + Arrays.stream(values()).map(DispatchRejection::wireName).toList()
            + ", got \""
            + name
            + "\"");
  }
}
