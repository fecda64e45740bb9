package dev.reliability.ops.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.dispatch.DispatchRejection;
import dev.reliability.core.dispatch.DispatchRules;
import dev.reliability.core.dispatch.Dispatcher;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.link.CloseClass;
import dev.reliability.core.link.CloseReason;
import dev.reliability.core.link.LinkSupervisor;
import dev.reliability.core.reconcile.Reconciler;
import dev.reliability.core.run.Job;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.core.store.InMemoryLeaseStore;
import dev.reliability.core.store.InMemoryRunStore;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.ops.analysis.CorrelationReport.Verdict;
import dev.reliability.ops.analysis.ReliabilityReport.Level;
import dev.reliability.ops.analysis.UnclassifiedReport.Kind;
import dev.reliability.testkit.link.FakeLink;
import dev.reliability.testkit.link.LinkPlan;
import dev.reliability.testkit.worker.FakeWorker;
import dev.reliability.testkit.worker.WorkerScript;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The analyses on what the library's own parts tell, in simulated time. */
class RealRunsTest {
  private static final String LANE = "andy-developer";
  private static final CloseReason LOST = CloseReason.of(CloseClass.RETRY, "428", "lost");
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final WorkerScript WORKS =
      WorkerScript.idle()
          .at(Duration.ofSeconds(1), new WorkerScript.Progress())
          .at(Duration.ofSeconds(2), new WorkerScript.Result("42"))
          .exitAt(Duration.ofSeconds(3), 0);
  private static final WorkerScript FAILS =
      WorkerScript.idle()
          .at(Duration.ofSeconds(1), new WorkerScript.Progress())
          .exitAt(Duration.ofSeconds(2), 3);

  private final World world = World.create(11);
  private final List<Event> events = new ArrayList<>();
  private final EventBus bus = EventBus.builder(world).sink(events::add).build();
  private final InMemoryLeaseStore leases = new InMemoryLeaseStore(world.time());
  private final InMemoryRunStore store = new InMemoryRunStore();
  private final RunSupervisor supervisor =
      RunSupervisor.builder()
          .bus(bus)
          .policy(
              RunPolicy.builder()
                  .noOutputTimeout(MINUTE)
                  .maxAttempts(20)
                  .pauseLaneAfter(3, Duration.ofHours(24))
                  .build())
          .store(store)
          .leases(leases)
          .lanes(new InMemoryStateStore(), (lane, episode, why) -> {})
          .build();
  private final FakeLink socket = FakeLink.playing(world, LinkPlan.opens());
  private final LinkSupervisor link =
      LinkSupervisor.builder("whatsapp", socket, bus)
          .onChange(view -> supervisor.updateLink(view.snapshot()))
          .build();
  private final Dispatcher<String> dispatcher = new Dispatcher<>(leases, bus, rules(), 100);

  private static DispatchRules<String> rules() {
    return text -> {
      if (text.isBlank()) {
        return DispatchRules.invalid(List.of("no text"));
      }
      return text.startsWith("!")
          ? DispatchRules.reject(DispatchRejection.POLICY, "not at night")
          : DispatchRules.accept(LANE, text, text);
    };
  }

  private void dispatch(String text) {
    dispatcher.dispatch("whatsapp", "m", text.length(), text);
    pass(Duration.ZERO);
  }

  private void work(WorkerScript script) {
    supervisor.runQueued(
        LANE,
        9,
        lease -> new Job(Work.of(LANE, lease.key().item()), FakeWorker.playing(world, script)));
  }

  private void pass(Duration time) {
    world.advance(time);
  }

  private Instant now() {
    return world.time().wall();
  }

  private ZeroReport explained(Window window) {
    ZeroReport report = ExplainZero.builder(window).now(now()).build().of(events);
    List<Event> proof =
        events.stream().filter(event -> report.proof().ids().contains(event.id())).toList();
    assertThat(proof).as("what proves it is there").hasSize(report.proof().ids().size());
    return report;
  }

  private List<String> types(Cited cited) {
    return cited.ids().stream()
        .map(id -> events.stream().filter(event -> event.id().equals(id)).findAny().orElseThrow())
        .map(Event::type)
        .toList();
  }

  // ---- a window without runs ----

  @Test
  void nothingCameIn() {
    dispatch("issue-1");
    work(WORKS);
    pass(MINUTE);
    Instant since = now();
    pass(Duration.ofHours(1));
    Instant until = now();
    pass(MINUTE);
    dispatch("issue-2");
    ZeroReport report = explained(new Window(since, until));
    assertThat(report.verdict()).isEqualTo(ZeroReport.Verdict.NO_DISPATCH_INTENT);
    assertThat(types(report.proof())).last().isEqualTo("dispatch.intent");
  }

  @Test
  void whatCameInWasSuppressed() {
    Instant since = now();
    dispatch(" ");
    dispatch("!issue-1");
    supervisor.run(Work.of(LANE, "issue-0"), FakeWorker.playing(world, FAILS));
    pass(Duration.ofHours(1));
    ZeroReport report = explained(new Window(since, since.plusMillis(1)));
    assertThat(report.verdict()).isEqualTo(ZeroReport.Verdict.RUNS_PRESENT);

    Instant later = now();
    dispatch(" ");
    dispatch("!issue-1");
    pass(MINUTE);
    report = explained(new Window(later, now()));
    assertThat(report.verdict()).isEqualTo(ZeroReport.Verdict.DISPATCH_SUPPRESSED);
    assertThat(report.dispatch().suppressed().keySet())
        .containsExactly("invalid_payload", "policy");
    assertThat(types(report.proof())).containsOnly("dispatch.rejected").hasSize(2);
  }

  @Test
  void aPausedLaneSuppresses() {
    for (int i = 0; i < 3; i++) {
      supervisor.run(Work.of(LANE, "issue-0"), FakeWorker.playing(world, FAILS));
      pass(MINUTE);
    }
    Instant since = now();
    dispatch("issue-1");
    pass(MINUTE);
    ZeroReport report = explained(new Window(since, now()));
    assertThat(report.verdict()).isEqualTo(ZeroReport.Verdict.DISPATCH_SUPPRESSED);
    assertThat(report.why()).isEqualTo("came in and was suppressed: lane_paused 1");
    assertThat(Reliability.of(new Window(since, now())).of(events).line("paused_lanes"))
        .get()
        .extracting(ReliabilityReport.Line::level)
        .isEqualTo(Level.WARN);
    assertThat(Hotspots.builder(new Window(Instant.EPOCH, now())).build().of(events).fingerprints())
        .hasSize(1)
        .allMatch(row -> row.failures().count() == 3);
  }

  @Test
  void nobodyTakesOnWhatWasAccepted() {
    Instant since = now();
    dispatch("issue-1");
    pass(Duration.ofMinutes(30));
    ZeroReport report = explained(new Window(since, now()));
    assertThat(report.verdict()).isEqualTo(ZeroReport.Verdict.DISPATCH_SUPPRESSION_BUG);
    assertThat(types(report.proof())).containsExactly("dispatch.accepted");
  }

  @Test
  void whatWasAcceptedRan() {
    Instant since = now();
    dispatch("issue-1");
    work(WORKS);
    pass(MINUTE);
    ZeroReport report = explained(new Window(since, now()));
    assertThat(report.verdict()).isEqualTo(ZeroReport.Verdict.RUNS_PRESENT);
    assertThat(report.runs().count()).isEqualTo(1);
    assertThat(report.lost()).isEqualTo(Cited.NONE);
    assertThat(types(report.proof())).containsExactly("run.queued");
  }

  // ---- closes and runs without output ----

  @Test
  void runsThatHangBesideClosesPointAtTheLink() {
    link.start();
    Instant since = now();
    for (int i = 0; i < 8; i++) {
      pass(Duration.ofHours(1));
      supervisor.run(
          Work.of("lane-" + i, "issue-" + i), FakeWorker.playing(world, WorkerScript.idle()));
      pass(Duration.ofSeconds(30));
      socket.drop(LOST);
      pass(MINUTE);
    }
    TraceReport trace = Trace.builder(new Window(since, now())).build().of(events);
    assertThat(trace.correlation().verdict()).isEqualTo(Verdict.PRIMARY_TRIGGER);
    assertThat(trace.named().get("no_output_events_with_wa_close_within_120s").count())
        .isEqualTo(8);
    assertThat(trace.runs())
        .hasSize(8)
        .allMatch(run -> run.cause().contains("made again PT28") && run.close() != null);
    assertThat(trace.runs()).allMatch(run -> run.link() != null);
    TraceReport one = Trace.builder(new Window(since, now())).lane("lane-3").build().of(events);
    assertThat(types(one.named().get("no_output_events_with_wa_close_within_120s")))
        .containsExactly("run.ended");
  }

  @Test
  void whatDoesNotGoTogetherIsInconclusive() {
    link.start();
    Instant since = now();
    for (int i = 0; i < 20; i++) {
      if (i % 2 == 0) {
        supervisor.run(
            Work.of("lane-" + i, "issue-" + i), FakeWorker.playing(world, WorkerScript.idle()));
      }
      pass(Duration.ofSeconds(17));
      if (i % 4 != 3) {
        socket.drop(LOST);
      }
      pass(Duration.ofSeconds(13));
    }
    pass(Duration.ofHours(23));
    CorrelationReport tenMinutes =
        Correlation.of(new Window(since, since.plus(Duration.ofMinutes(10)))).of(events);
    assertThat(tenMinutes.events().count()).isBetween(8L, 10L);
    assertThat(tenMinutes.others().count()).isGreaterThanOrEqualTo(15);
    assertThat(tenMinutes.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(tenMinutes.doubt()).isEqualTo(CorrelationReport.Doubt.CHANCE);
    assertThat(Correlation.of(new Window(since, now())).of(events).verdict())
        .as("the same within a day")
        .isEqualTo(Verdict.INCONCLUSIVE);
  }

  @Test
  void aHangWhileTheLinkIsOpenIsClassifiedAsOne() {
    link.start();
    pass(Duration.ofHours(1));
    Instant since = now();
    supervisor.run(Work.of(LANE, "issue-1"), FakeWorker.playing(world, WorkerScript.idle()));
    pass(Duration.ofMinutes(5));
    UnclassifiedReport report = Unclassified.of(new Window(since, now())).of(events);
    assertThat(report.classes().keySet()).containsExactly(Kind.HANG);
    assertThat(report.unclassified()).isEqualTo(Cited.NONE);
  }

  // ---- well ----

  @Test
  void aHealthyHourPasses() {
    link.start();
    Reconciler reconciler = Reconciler.builder(bus, store).supervisor(supervisor).build();
    Instant since = now();
    reconciler.selfTest();
    for (int i = 0; i < 6; i++) {
      dispatch("issue-" + i);
      work(WORKS);
      pass(Duration.ofMinutes(10));
    }
    ReliabilityReport report = Reliability.of(new Window(since, now()), now()).of(events);
    assertThat(report.lines())
        .filteredOn(line -> line.level() != Level.PASS)
        .as("what is not well")
        .isEmpty();
    assertThat(report.level()).isEqualTo(Level.PASS);
  }
}
