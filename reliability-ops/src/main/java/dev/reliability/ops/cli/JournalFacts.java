package dev.reliability.ops.cli;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventId;
import dev.reliability.journal.JournalEntry;
import dev.reliability.journal.JournalFilter;
import dev.reliability.journal.LeftOut;
import dev.reliability.ops.analysis.Analysis;
import dev.reliability.ops.analysis.Window;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was read of a journal on the way to a report: nothing that is missing or cannot be read is
 * passed over in silence.
 */
final class JournalFacts {
  private static final int MOST_NAMED = 20;

  private long events;
  private @Nullable EventId first;
  private String lastEpoch = "";
  private long lastSeq;
  private long gaps;
  private long malformed;
  private long torn;
  private long duplicates;
  private final Seen seen = new Seen();
  private final List<String> faults = new ArrayList<>();

  private JournalFacts() {}

  /**
   * Gives an analysis the events that it needs.
   *
   * @throws CommandException if there is no journal, or it cannot be read
   */
  static JournalFacts feed(Workplace workplace, Analysis<?> analysis) {
    Window window = analysis.reading();
    JournalFilter filter = JournalFilter.ALL.types(analysis.types().toArray(String[]::new));
    if (!window.since().equals(Instant.MIN)) {
      filter = filter.since(window.since());
    }
    if (!window.until().equals(Instant.MAX)) {
      filter = filter.until(window.until());
    }
    JournalFacts facts = new JournalFacts();
    Progress progress = workplace.progress();
    LeftOut others =
        (epoch, seq, epochMilli) -> {
          progress.event();
          if (facts.read(epoch, seq, epochMilli)) {
            analysis.other(epoch, Instant.ofEpochMilli(epochMilli));
          }
        };
    try (Journals reader = workplace.journals(filter, others)) {
      progress.of(reader.bytes());
      while (reader.hasNext()) {
        JournalEntry entry = reader.next();
        if (entry instanceof JournalEntry.Read read) {
          Event event = read.event();
          progress.event();
          if (facts.read(event.id().epoch(), event.id().seq(), event.time().toEpochMilli())) {
            analysis.accept(event);
          }
        } else {
          facts.fault(entry);
        }
      }
    } catch (UncheckedIOException e) {
      throw CommandException.unknown(String.valueOf(e.getMessage()));
    } finally {
      progress.done();
    }
    return facts;
  }

  /** Whether it is new: what a copy of a file holds again counts once. */
  private boolean read(String epoch, long seq, long epochMilli) {
    if (!seen.isNew(epoch, seq, epochMilli)) {
      duplicates++;
      return false;
    }
    events++;
    if (first == null) {
      first = new EventId(epoch, seq);
    }
    lastEpoch = epoch;
    lastSeq = seq;
    return true;
  }

  private void fault(JournalEntry entry) {
    String words =
        entry.fold(
            read -> "",
            bad -> {
              malformed++;
              return bad.file().getFileName() + ":" + bad.line() + " cannot be read: " + bad.why();
            },
            cut -> {
              torn++;
              return cut.file().getFileName() + ":" + cut.line() + " is torn: " + cut.why();
            },
            gap -> {
              gaps++;
              return gap.epoch()
                  + ": expected #"
                  + gap.expectedSeq()
                  + ", found #"
                  + gap.foundSeq();
            });
    if (faults.size() < MOST_NAMED) {
      faults.add(words);
    }
  }

  /** What is wrong; nothing if all is whole and stands there once. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    if (!isWhole()) {
      lines.add(
          "journal: "
              + gaps
              + " gaps, "
              + malformed
              + " lines that cannot be read, "
              + torn
              + " torn");
      faults.forEach(fault -> lines.add("  " + fault));
    }
    if (duplicates > 0) {
      lines.add("journal: " + duplicates + " events stand there again, and count once");
    }
    return lines;
  }

  /** Whether nothing is missing that is known of. */
  boolean isWhole() {
    return gaps + malformed + torn == 0;
  }

  /** Whether there was something, and none of it could be read. */
  boolean isUnreadable() {
    return events == 0 && !isWhole();
  }

  /** As part of the document. */
  Map<String, @Nullable Object> entry() {
    Map<String, @Nullable Object> entry = new LinkedHashMap<>();
    entry.put("events", events);
    entry.put("firstSeq", first);
    entry.put("lastSeq", first == null ? null : new EventId(lastEpoch, lastSeq));
    entry.put("gaps", gaps);
    entry.put("malformed", malformed);
    entry.put("torn", torn);
    entry.put("duplicates", duplicates);
    entry.put("faults", faults);
    return entry;
  }
}
