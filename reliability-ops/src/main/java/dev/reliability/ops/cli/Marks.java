package dev.reliability.ops.cli;

import dev.reliability.core.event.DeployEvent;
import dev.reliability.core.event.Event;
import dev.reliability.journal.JournalEntry;
import dev.reliability.journal.JournalFilter;
import dev.reliability.journal.JournalReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was put into service, and since when. */
final class Marks {
  private static final String TYPE = "deploy.marked";

  private Marks() {}

  /**
   * A marker.
   *
   * @param event where it stands
   * @param marked what it says
   */
  record Mark(Event event, DeployEvent.Marked marked) {
    Instant at() {
      return marked.at();
    }

    String line() {
      String actor = event.subject().actor();
      return "since "
          + marked.version()
          + " at "
          + marked.at()
          + (actor == null ? "" : " by " + actor)
          + " ["
          + event.id()
          + "]";
    }

    Map<String, Object> entry() {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("event", event.id());
      entry.put("version", marked.version());
      entry.put("at", marked.at());
      entry.put("configHash", marked.configHash());
      return entry;
    }
  }

  /**
   * The marker that was in service last at a time.
   *
   * @param version of that version only, if one is given
   * @throws CommandException if there is none, or the journal cannot be read
   */
  static Mark last(Path directory, Instant now, @Nullable String version) {
    if (!Files.isDirectory(directory)) {
      throw CommandException.usage(
          "there is no journal in " + directory + ": expected a directory (--dir)");
    }
    Mark last = null;
    try (JournalReader reader = JournalReader.open(directory, JournalFilter.ALL.types(TYPE))) {
      while (reader.hasNext()) {
        if (reader.next() instanceof JournalEntry.Read read
            && read.event().data() instanceof DeployEvent.Marked marked
            && !marked.at().isAfter(now)
            && (version == null || version.equals(marked.version()))
            && (last == null || !marked.at().isBefore(last.at()))) {
          last = new Mark(read.event(), marked);
        }
      }
    } catch (UncheckedIOException e) {
      throw CommandException.unknown(String.valueOf(e.getMessage()));
    }
    if (last == null) {
      throw CommandException.usage(
          (version == null ? "there is no marker" : "there is no marker of \"" + version + "\"")
              + " in "
              + directory
              + ": expected one (mark VERSION --actor NAME), or a time (--since)");
    }
    return last;
  }
}
