package dev.reliability.ops.analysis;

import dev.reliability.core.event.DispatchEvent;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventData;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.LinkEvent;
import dev.reliability.core.event.LinkSnapshot;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.event.Subject;
import dev.reliability.core.event.TimeoutValues;
import dev.reliability.core.run.RunTimeouts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Events as an incarnation tells them, at times of the test's own. */
final class Told {
  static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  static final Window DAY = new Window(START, START.plus(Duration.ofDays(1)));
  static final LinkSnapshot OPEN = new LinkSnapshot("open", null, 0, START);

  private static final TimeoutValues TIMEOUTS = RunTimeouts.ofDefaults().values();

  final List<Event> events = new ArrayList<>();
  private final String epoch;
  private long seq;

  Told() {
    this("e1");
  }

  Told(String epoch) {
    this.epoch = epoch;
  }

  static Instant at(double seconds) {
    return START.plusMillis(Math.round(seconds * 1000));
  }

  Event tell(double second, Subject subject, EventData data) {
    return tell(second, subject, null, data);
  }

  Event tell(double second, Subject subject, @Nullable EventId cause, EventData data) {
    Event event =
        new Event(
            new EventId(epoch, ++seq),
            at(second),
            Math.round(second * 1e9),
            "node-1",
            subject,
            cause,
            data);
    events.add(event);
    return event;
  }

  /** Leaves out a number of the sequence. */
  void skip() {
    seq++;
  }

  // ---- links ----

  Event close(double second) {
    return tell(
        second,
        Subject.NONE,
        new LinkEvent.Closed("whatsapp", 1, "retry", "428", "connection closed", true, 1));
  }

  // ---- runs ----

  static Subject run(int number) {
    return Subject.ofRun("andy-developer", "issue-" + number, "r-" + number);
  }

  Event noOutput(double second, int number) {
    return ended(second, run(number), RunState.FAILED, EndReason.NO_OUTPUT_TIMEOUT, null);
  }

  Event ended(
      double second, Subject run, RunState state, EndReason reason, @Nullable LinkSnapshot link) {
    return ended(second, run, state, reason, Duration.ofMinutes(12), link);
  }

  Event neverRan(double second, Subject run, RunState state, EndReason reason) {
    return ended(second, run, state, reason, Duration.ZERO, null);
  }

  private Event ended(
      double second,
      Subject run,
      RunState state,
      EndReason reason,
      Duration running,
      @Nullable LinkSnapshot link) {
    return tell(
        second,
        run,
        new RunEvent.Ended(
            state,
            reason,
            null,
            1,
            "pid 4711",
            TIMEOUTS,
            Duration.ZERO,
            running,
            0,
            0,
            null,
            null,
            "killed",
            "session",
            List.of(),
            0,
            "rollback",
            null,
            null,
            link,
            Map.of(),
            true));
  }

  // ---- dispatch ----

  Event intent(double second) {
    return tell(second, Subject.NONE, new DispatchEvent.Intent("whatsapp", "m", 10));
  }

  Event accepted(double second, Event intent, Subject item) {
    return tell(second, item, intent.id(), new DispatchEvent.Accepted());
  }

  Event rejected(double second, Event intent, Subject item, String reason) {
    return tell(second, item, intent.id(), new DispatchEvent.Rejected(reason, List.of(), null));
  }
}
