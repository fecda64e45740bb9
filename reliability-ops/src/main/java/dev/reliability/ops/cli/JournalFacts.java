package dev.reliability.ops.cli;

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
          facts.read(epoch, seq);
          progress.event();
          analysis.other(Instant.ofEpochMilli(epochMilli));
        };
    try (Journals reader = workplace.journals(filter, others)) {
      progress.of(reader.bytes());
      while (reader.hasNext()) {
        JournalEntry entry = reader.next();
        if (entry instanceof JournalEntry.Read read) {
          EventId id = read.event().id();
          facts.read(id.epoch(), id.seq());
          analysis.accept(read.event());
          progress.event();
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

  private void read(String epoch, long seq) {
    events++;
    if (first == null) {
      first = new EventId(epoch, seq);
    }
    lastEpoch = epoch;
    lastSeq = seq;
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

  /** One line if something is wrong; none if all is whole. */
  List<String> lines() {
    if (gaps + malformed + torn == 0) {
      return List.of();
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        "journal: "
            + gaps
            + " gaps, "
            + malformed
            + " lines that cannot be read, "
            + torn
            + " torn");
    faults.forEach(fault -> lines.add("  " + fault));
    return lines;
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
    entry.put("faults", faults);
    return entry;
  }
}
