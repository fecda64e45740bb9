package dev.reliability.container.orphan;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What the ledgers of dead incarnations said at one moment ({@link LedgerDirectory#look}).
 * Immutable: one that died since is not dead here. Only what the living have in hand is asked of
 * the directory each time.
 */
public final class LedgerView implements DeadIncarnations {
  private final LedgerDirectory directory;
  private final Map<String, List<LedgerEntry>> entries;
  private final Set<String> dead;
  private final List<String> unreadable;

  LedgerView(
      LedgerDirectory directory,
      Map<String, List<LedgerEntry>> entries,
      List<Path> retired,
      List<String> unreadable) {
    this.directory = directory;
    this.entries = new LinkedHashMap<>(entries);
    dead = new HashSet<>(entries.keySet());
    for (Path file : retired) {
      String name = String.valueOf(file.getFileName());
      dead.add(name.substring(0, name.lastIndexOf('.')));
    }
    this.unreadable = List.copyOf(unreadable);
  }

  /** The kinds of what is not known to be gone, in order. */
  public SortedSet<String> kinds() {
    SortedSet<String> kinds = new TreeSet<>();
    entries.values().forEach(all -> all.forEach(entry -> kinds.add(entry.intent().kind())));
    return kinds;
  }

  /** The ledgers that nobody holds and that cannot be read, and why. */
  public List<String> unreadable() {
    return unreadable;
  }

  @Override
  public Map<String, List<LedgerEntry>> entries(String kind) {
    Map<String, List<LedgerEntry>> found = new LinkedHashMap<>();
    entries.forEach(
        (incarnation, all) ->
            found.put(
                incarnation,
                all.stream().filter(entry -> entry.intent().kind().equals(kind)).toList()));
    return found;
  }

  @Override
  public boolean isDead(String incarnation) {
    return dead.contains(incarnation);
  }

  @Override
  public boolean isLook() {
    return true;
  }

  @Override
  public InHand inHand(String kind) {
    return directory.inHand(kind, entries.keySet());
  }
}
