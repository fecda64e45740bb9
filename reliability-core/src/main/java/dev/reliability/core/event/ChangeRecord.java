package dev.reliability.core.event;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;

/**
 * What a change was about, for whoever reads of it later (requirement S1). Immutable. Who made it,
 * and when, is in the event that carries it. Each part may be empty.
 *
 * @param trigger what made it necessary
 * @param words what was changed
 * @param files which files
 * @param fixes what was wrong, and what mends it, in insertion order
 * @param before how it behaved before
 * @param after how it behaves now
 * @param verification what was tried, and what that came to
 * @param rollback how to go back
 * @param outcome what it came to
 * @param lessons what was learnt
 * @param next what is still to be done
 * @param links where to read more
 */
public record ChangeRecord(
    String trigger,
    String words,
    List<String> files,
    Map<String, String> fixes,
    String before,
    String after,
    List<String> verification,
    List<String> rollback,
    String outcome,
    List<String> lessons,
    List<String> next,
    List<String> links) {

  /** Copies the collections. */
  public ChangeRecord {
    files = List.copyOf(files);
    fixes = ImmutableMap.copyOf(fixes);
    verification = List.copyOf(verification);
    rollback = List.copyOf(rollback);
    lessons = List.copyOf(lessons);
    next = List.copyOf(next);
    links = List.copyOf(links);
  }
}
