package dev.reliability.ops.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.DispatchEvent;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventData;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.event.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

/** What holds for all analyses, whatever events they are given. */
class AnalysesProperties {
  private static final Window WINDOW = new Window(Told.at(0), Told.at(3600));
  private static final Window BASELINE = new Window(Told.at(-3600), Told.at(0));

  private static List<Supplier<Analysis<?>>> all() {
    return List.of(
        () -> Correlation.of(WINDOW),
        () -> Correlation.of(Window.ALL),
        () -> Correlation.builder(WINDOW).with(EventKind.type("lane.failure")).build(),
        () -> ExplainZero.builder(WINDOW).build(),
        () -> ExplainZero.builder(Window.ALL).lane("l1").build(),
        () -> Trace.builder(WINDOW).build(),
        () -> Trace.builder(WINDOW).lane("l1").lines(3).build(),
        () -> Trace.builder(Window.ALL).run("r1").build(),
        () -> Hotspots.builder(WINDOW).build(),
        () -> Reliability.of(WINDOW),
        () -> Reliability.of(Window.ALL, Told.at(3600)),
        () -> Unclassified.of(WINDOW),
        () -> Churn.of(WINDOW, BASELINE),
        () -> Churn.of(Window.ALL, WINDOW),
        () ->
            Split.of(
                WINDOW,
                Told.at(1800),
                EventKind.NO_OUTPUT_TIMEOUT,
                EventKind.found("running_without_container")));
  }

  @Property(tries = 300)
  void noEventBreaksAnyAndTheSameEventsGiveTheSameReport(
      @ForAll Random random, @ForAll @IntRange(max = 300) int size) {
    List<Event> events = new AnyEvents(random).list(size);
    for (Supplier<Analysis<?>> made : all()) {
      Analysis<?> analysis = made.get();
      Object report = analysis.of(events);
      assertThat(report).isNotNull().isEqualTo(analysis.report());
      assertThat(made.get().of(events)).isEqualTo(report);
    }
  }

  @Property(tries = 200)
  void whatIsOutsideOfTheirReadingChangesNothing(
      @ForAll Random random, @ForAll @IntRange(max = 200) int size) {
    List<Event> events = new AnyEvents(random).list(size);
    for (Supplier<Analysis<?>> made : all()) {
      Window reading = made.get().reading();
      List<Event> inside = events.stream().filter(e -> reading.contains(e.time())).toList();
      assertThat(made.get().of(inside)).isEqualTo(made.get().of(events));
    }
  }

  @Property(tries = 200)
  void beingToldOfTheEventsOfOtherTypesIsEnough(
      @ForAll Random random, @ForAll @IntRange(max = 200) int size) {
    List<Event> events = new AnyEvents(random).list(size);
    for (Supplier<Analysis<?>> made : all()) {
      Analysis<?> analysis = made.get();
      for (Event event : events) {
        if (analysis.types().isEmpty() || analysis.types().contains(event.type())) {
          analysis.accept(event);
        } else {
          analysis.other(event.id().epoch(), event.time());
        }
      }
      assertThat(analysis.report()).isEqualTo(made.get().of(events));
    }
  }

  @Example
  void withoutEventsEachHasAReport() {
    for (Supplier<Analysis<?>> made : all()) {
      assertThat(made.get().report()).isNotNull();
    }
  }

  // ---- dispatch, against its definition ----

  /** What happens to one payload: when it comes in, how it is judged, when its run begins. */
  private record Fate(int intent, int verdict, int run, int kind) {}

  @Property(tries = 500)
  void theNumbersOfDispatchAreThoseOfTheDefinition(@ForAll Random random) {
    Told told = new Told();
    List<Fate> fates = new ArrayList<>();
    Map<Integer, List<Runnable>> script = new HashMap<>();
    Event[] intents = new Event[30];
    for (int i = 0; i < 30; i++) {
      int number = i;
      int at = random.nextInt(0, 4200);
      int verdict = at + random.nextInt(0, 700);
      int run = verdict + random.nextInt(1, 1000);
      Fate fate = new Fate(at, verdict, run, random.nextInt(4));
      fates.add(fate);
      Subject item = Subject.ofItem("l", "i" + i);
      then(script, at, () -> intents[number] = told.intent(at));
      if (fate.kind() == 1) {
        then(script, verdict, () -> told.rejected(verdict, intents[number], item, "policy"));
      } else if (fate.kind() > 1) {
        then(script, verdict, () -> told.accepted(verdict, intents[number], item));
      }
      if (fate.kind() == 3) {
        Subject subject = Subject.ofRun("l", "i" + i, "r" + i);
        then(script, run, () -> told.tell(run, subject, new RunEvent.Queued()));
      }
    }
    for (int second = 0; second < 6000; second++) {
      script.getOrDefault(second, List.of()).forEach(Runnable::run);
    }
    told.close(6000); // everything would have been told by now
    ZeroReport report = ExplainZero.builder(WINDOW).build().of(told.events);

    long payloads = fates.stream().filter(f -> f.intent() < 3600).count();
    long enqueued = fates.stream().filter(f -> f.intent() < 3600 && f.kind() > 1).count();
    long rejected = fates.stream().filter(f -> f.intent() < 3600 && f.kind() == 1).count();
    assertThat(report.dispatch().payloads().count()).isEqualTo(payloads);
    assertThat(report.dispatch().enqueued().count()).isEqualTo(enqueued);
    assertThat(report.dispatch().valid().count()).isEqualTo(enqueued + rejected);
    assertThat(report.dispatch().suppressed().getOrDefault("policy", Cited.NONE).count())
        .isEqualTo(rejected);
    long lost = fates.stream().filter(AnalysesProperties::isLost).count();
    assertThat(report.lost().count()).isEqualTo(lost);
    long ran = fates.stream().filter(f -> f.kind() == 3 && f.run() < 3600).count();
    if (ran > 0) {
      assertThat(report.runs().count()).isEqualTo(ran);
      assertThat(report.verdict()).isEqualTo(ZeroReport.Verdict.RUNS_PRESENT);
    }
  }

  private static void then(Map<Integer, List<Runnable>> script, int second, Runnable deed) {
    script.computeIfAbsent(second, key -> new ArrayList<>()).add(deed);
  }

  /** Ten minutes after it came in without a verdict, or after its acceptance without a run. */
  private static boolean isLost(Fate fate) {
    return switch (fate.kind()) {
      case 0 -> fate.intent() < 3600;
      case 2 -> fate.verdict() < 3600;
      case 3 -> fate.verdict() < 3600 && fate.run() >= 3600 && fate.run() - fate.verdict() > 600;
      default -> false;
    };
  }

  // ---- memory ----

  @Example
  void whatIsKeptDoesNotGrowWithWhatHappens() {
    Reliability reliability = Reliability.of(WINDOW);
    Hotspots hotspots = Hotspots.builder(WINDOW).build();
    Trace trace = Trace.builder(WINDOW).lines(100).build();
    for (int i = 0; i < 200_000; i++) {
      Subject run = Subject.ofRun("l", "i" + i, "r" + i);
      Event intent = one(2L * i, Subject.NONE, null, new DispatchEvent.Intent("w", null, 1));
      Event accepted = one(2L * i + 1, run, intent.id(), new DispatchEvent.Accepted());
      Event queued = one(2L * i + 2, run, null, new RunEvent.Queued());
      Told told = new Told("t");
      Event ended = told.ended(i / 100.0, run, RunState.FAILED, EndReason.HARD_TIMEOUT, null);
      for (Event event : List.of(intent, accepted, queued, ended)) {
        reliability.accept(event);
        hotspots.accept(event);
        trace.accept(event);
      }
    }
    assertThat(trace.report().runs()).hasSize(10_000);
    assertThat(trace.report().timeline()).hasSize(100);
    assertThat(trace.report().open()).isEqualTo(Cited.NONE);
    assertThat(hotspots.report().failedRuns().count()).isEqualTo(200_000);
    assertThat(hotspots.report().failedRuns().ids()).hasSize(Cited.MOST);
    assertThat(reliability.report().line("lost_dispatches").orElseThrow().events())
        .isEqualTo(Cited.NONE);
  }

  private static Event one(long seq, Subject subject, @Nullable EventId cause, EventData data) {
    return new Event(
        new EventId("e", seq),
        Told.START.plus(Duration.ofMillis(seq)),
        seq,
        "n",
        subject,
        cause,
        data);
  }
}
