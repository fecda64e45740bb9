package dev.reliability.ops.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.DependencyEvent;
import dev.reliability.core.event.EffectEvent;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventData;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.ProcessEvent;
import dev.reliability.core.event.ReconcileEvent;
import dev.reliability.core.event.RetryEvent;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.ops.analysis.Window;
import dev.reliability.ops.doctor.Standing.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What happened says whether a safeguard was in force; what did not happen says nothing. */
class JournalSignsTest {
  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  private static final JournalSigns.Bounds BOUNDS =
      new JournalSigns.Bounds(
          Duration.ofMinutes(10), Duration.ofHours(2), Duration.ofHours(1), Duration.ofMinutes(10));

  private final List<Event> events = new ArrayList<>();
  private String epoch = "e1";
  private long seq;

  private EventId at(int minute, EventData data) {
    EventId id = new EventId(epoch, ++seq);
    events.add(
        new Event(id, START.plus(Duration.ofMinutes(minute)), 0, "n", Subject.NONE, null, data));
    return id;
  }

  private EventId preflight(int minute, String... failed) {
    return at(minute, new DependencyEvent.Preflight(6, List.of(failed), Duration.ofSeconds(1)));
  }

  private Standing standing(Safeguard safeguard, int until) {
    Window window = new Window(START, START.plus(Duration.ofMinutes(until)));
    Map<Safeguard, Standing> standings = new EnumMap<>(Safeguard.class);
    JournalSigns.of(window, BOUNDS, null)
        .of(events)
        .forEach(one -> standings.put(one.safeguard(), one));
    return standings.get(safeguard);
  }

  @Test
  void runsThatBeginAlthoughACheckHadFailedWereNotRefused() {
    at(0, new ProcessEvent.Started(1, "17", "linux"));
    EventId preflight = preflight(1, "templates");
    EventId run = at(2, new RunEvent.Queued());
    Standing standing = standing(Safeguard.CHECKS_AT_START, 60);
    assertThat(standing.state()).isEqualTo(State.OFF);
    assertThat(standing.why()).contains("[templates]");
    assertThat(standing.evidence()).containsExactly(preflight, run);
  }

  @Test
  void ofAnIncarnationThatBeganEarlierNobodyCanSayWhatWasCheckedThen() {
    at(2, new RunEvent.Queued());
    assertThat(standing(Safeguard.CHECKS_AT_START, 60).state()).isEqualTo(State.UNKNOWN);
    at(3, new ProcessEvent.Started(1, "17", "linux"));
    assertThat(standing(Safeguard.CHECKS_AT_START, 60).state()).isEqualTo(State.OFF);
  }

  @Test
  void exactlyAsOldAsItMayBeIsRecentAndAMinuteMoreIsNot() {
    at(0, new RunEvent.Queued());
    assertThat(standing(Safeguard.CHECKS_WHILE_RUNNING, 10).state()).isEqualTo(State.UNKNOWN);
    assertThat(standing(Safeguard.CHECKS_WHILE_RUNNING, 11).state()).isEqualTo(State.OFF);
    EventId last = preflight(20);
    assertThat(standing(Safeguard.CHECKS_WHILE_RUNNING, 30))
        .isEqualTo(
            Standing.on(
                Safeguard.CHECKS_WHILE_RUNNING,
                "1 preflights, the last at 2026-03-01T00:20:00Z",
                last));
    assertThat(standing(Safeguard.CHECKS_WHILE_RUNNING, 31).state()).isEqualTo(State.OFF);
    at(30, new ProcessEvent.Stopped("closed"));
    assertThat(standing(Safeguard.CHECKS_WHILE_RUNNING, 600).state())
        .as("it was checked until it ended")
        .isEqualTo(State.ON);
  }

  @Test
  void preflightsThatNobodyCountsEscalateNothing() {
    at(0, new RunEvent.Queued());
    assertThat(standing(Safeguard.ESCALATION, 60).state()).isEqualTo(State.UNKNOWN);
    EventId preflight = preflight(1, "templates");
    assertThat(standing(Safeguard.ESCALATION, 60).evidence()).containsExactly(preflight);
    assertThat(standing(Safeguard.ESCALATION, 60).state()).isEqualTo(State.OFF);
    at(6, new DependencyEvent.Critical("templates", 6, 5, "missing"));
    assertThat(standing(Safeguard.ESCALATION, 60).line())
        .isEqualTo("ON      escalation: more than 5 failures in a row were told [e1#3]");
  }

  @Test
  void whatWasTriedAgainAndDoneToTheOutsideHadBounds() {
    at(0, new RunEvent.Queued());
    assertThat(standing(Safeguard.BOUNDED_RETRIES, 60).state()).isEqualTo(State.UNKNOWN);
    at(1, new RunEvent.StartFailed(1, "engine", "down", null));
    assertThat(standing(Safeguard.BOUNDED_RETRIES, 60).state())
        .as("not tried again")
        .isEqualTo(State.UNKNOWN);
    EventId start = at(2, new RunEvent.StartFailed(1, "engine", "down", Duration.ofSeconds(30)));
    EventId call =
        at(3, new RetryEvent.Scheduled("f", 1, Duration.ofSeconds(1), Duration.ofMinutes(9), "x"));
    assertThat(standing(Safeguard.BOUNDED_RETRIES, 60).evidence()).containsExactly(start, call);
    EventId effect = at(4, new EffectEvent.Allowed("review", "a", 1, 1));
    assertThat(standing(Safeguard.EFFECT_BUDGET, 60).evidence()).containsExactly(effect);
  }

  @Test
  void onlyTheIncarnationThatHadRunsAndWasHeardOfLastCounts() {
    at(0, new RunEvent.Queued());
    at(1, new ReconcileEvent.SelfTest(true, List.of("running_without_container"), null));
    assertThat(standing(Safeguard.RECONCILER, 60).state()).isEqualTo(State.ON);
    epoch = "a-command";
    at(5, new ReconcileEvent.SelfTest(false, List.of(), "broken"));
    assertThat(standing(Safeguard.RECONCILER, 60).state()).isEqualTo(State.ON);
    epoch = "e2";
    EventId first = at(6, new RunEvent.Queued());
    assertThat(standing(Safeguard.RECONCILER, 60).evidence()).containsExactly(first);
    assertThat(standing(Safeguard.RECONCILER, 60).state()).isEqualTo(State.OFF);
    assertThat(standing(Safeguard.RECONCILER, 6).state())
        .as("the window ends before it")
        .isEqualTo(State.ON);
  }

  @Test
  void itCanHappenAgainUnlessEverythingThatKeepsItFromThatIsOn() {
    Map<Safeguard, Standing> standings = new EnumMap<>(Safeguard.class);
    assertThat(Again.DUPLICATE_WORK.answer(standings))
        .isEqualTo(new Again.Answer("MAYBE", "claims, stores unknown"));
    standings.put(Safeguard.CLAIMS, Standing.on(Safeguard.CLAIMS, "seen"));
    standings.put(Safeguard.STORES, Standing.off(Safeguard.STORES, "gone"));
    assertThat(Again.DUPLICATE_WORK.answer(standings))
        .isEqualTo(new Again.Answer("YES", "stores off"));
    standings.put(Safeguard.STORES, Standing.on(Safeguard.STORES, "there"));
    assertThat(Again.DUPLICATE_WORK.answer(standings)).isEqualTo(new Again.Answer("NO", ""));
    for (Again one : Again.values()) {
      assertThat(one.safeguards()).isNotEmpty();
    }
  }
}
