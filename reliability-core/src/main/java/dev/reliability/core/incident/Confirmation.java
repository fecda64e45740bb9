package dev.reliability.core.incident;

import java.util.Objects;

/**
 * What a person says who closes an incident (requirement H6).
 *
 * @param by who it is; a name
 * @param text what is confirmed, in that person's words
 */
public record Confirmation(String by, String text) {

  /** Checks that nothing is null. */
  public Confirmation {
    Objects.requireNonNull(by, "by");
    Objects.requireNonNull(text, "text");
  }
}
