package dev.reliability.container.orphan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.EventData;
import dev.reliability.core.event.ProcessEvent;
import dev.reliability.core.reconcile.LiveHandle;
import dev.reliability.core.run.StopReport;
import dev.reliability.testkit.world.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a reaper tells and does, with made-up workers and real ledgers, in virtual time. */
class OrphanReaperTest {
  @TempDir private Path temporary;
  private final World world = World.create(5);
  private final List<Event> events = new ArrayList<>();
  private final EventBus bus = EventBus.builder(world).sink(events::add).build();
  private final Made processes = new Made("process", false);
  private final Made boxes = new Made("podman", true);
  private LedgerDirectory ledgers;

  @BeforeEach
  void open() {
    ledgers = LedgerDirectory.at(temporary.resolve("ledgers"));
  }

  /** A kind of worker of which a test says who lives. */
  private static final class Made implements OrphanSource {
    private final String kind;
    private final boolean adoptable;
    final Set<String> alive = new HashSet<>(); // runs
    final Set<String> immortal = new HashSet<>();
    final List<String> stopped = new ArrayList<>();
    final List<String> adopted = new ArrayList<>();
    final List<Orphan> labelled = new ArrayList<>(); // found without a ledger
    boolean silent;

    Made(String kind, boolean adoptable) {
      this.kind = kind;
      this.adoptable = adoptable;
    }

    @Override
    public String kind() {
      return kind;
    }

    @Override
    public CompletionStage<List<Orphan>> find(DeadIncarnations dead) {
      if (silent) {
        return new CompletableFuture<>();
      }
      List<Orphan> found = new ArrayList<>();
      dead.entries(kind)
          .forEach(
              (incarnation, entries) ->
                  entries.stream()
                      .filter(entry -> alive.contains(entry.intent().run()))
                      .map(e -> Orphan.of(e, incarnation, "the " + e.intent().run(), "it lives"))
                      .forEach(found::add));
      labelled.stream().filter(one -> dead.isDead(one.incarnation())).forEach(found::add);
      return CompletableFuture.completedFuture(found);
    }

    @Override
    public CompletionStage<StopReport> stop(Orphan orphan) {
      stopped.add(orphan.run());
      if (immortal.contains(orphan.run())) {
        return CompletableFuture.completedFuture(
            new StopReport("group", List.of("pid 1 (rock)"), 0));
      }
      alive.remove(orphan.run());
      return CompletableFuture.completedFuture(new StopReport("group", List.of(), 0));
    }

    @Override
    public boolean canAdopt() {
      return adoptable;
    }

    @Override
    public CompletionStage<Void> adopt(Orphan orphan) {
      adopted.add(orphan.run());
      return CompletableFuture.completedFuture(null);
    }
  }

  /** An incarnation that started these and then died. */
  private void died(String incarnation, String kind, String... runs) {
    Ledger ledger = Ledger.open(ledgers.path(), incarnation);
    for (String run : runs) {
      ledger.intend(new Intent(kind, run, 1, "lane", "item-" + run, incarnation, run));
    }
    ledger.close();
  }

  private OrphanReaper reaper(OrphanPolicy policy) {
    return OrphanReaper.builder(bus, ledgers).source(processes, policy).build();
  }

  private ReapReport reap(OrphanReaper reaper) {
    return world.await(reaper.reap());
  }

  private <T extends EventData> List<T> told(Class<T> type) {
    world.advance(Duration.ZERO);
    return events.stream().map(Event::data).filter(type::isInstance).map(type::cast).toList();
  }

  private boolean isThere(String file) {
    return Files.exists(ledgers.path().resolve(file));
  }

  @Test
  void byDefaultWhatIsLeftIsToldOnceAndStays() {
    died("before", "process", "r1", "r2");
    processes.alive.add("r1");
    OrphanReaper reaper = OrphanReaper.builder(bus, ledgers).source(processes).build();
    for (int i = 0; i < 3; i++) {
      ReapReport report = reap(reaper);
      assertThat(report.left()).extracting(Orphan::run).containsExactly("r1");
      assertThat(report.unreadable()).isEmpty();
    }
    assertThat(processes.stopped).isEmpty();
    assertThat(told(ProcessEvent.OrphanFound.class))
        .containsExactly(
            new ProcessEvent.OrphanFound("process", "the r1", "before", "report", "it lives"));
    Event found =
        events.stream()
            .filter(e -> e.data() instanceof ProcessEvent.OrphanFound)
            .findFirst()
            .orElseThrow();
    assertThat(found.subject().lane()).isEqualTo("lane");
    assertThat(found.subject().item()).isEqualTo("item-r1");
    assertThat(found.subject().run()).isEqualTo("r1");
    processes.alive.clear();
    assertThat(reap(reaper).found()).isEmpty();
    assertThat(isThere("before.ledger")).isFalse();
    assertThat(ledgers.isDead("before")).isTrue();
  }

  @Test
  void whatIsStoppedIsToldAndItsLedgerIsDeleted() {
    died("before", "process", "r1", "r2", "r3");
    processes.alive.addAll(List.of("r1", "r3"));
    ReapReport report = reap(reaper(OrphanPolicy.STOP));
    assertThat(report.settled())
        .extracting(ReapReport.Settled::action)
        .containsExactly(ReapReport.Action.STOPPED, ReapReport.Action.STOPPED);
    assertThat(report.left()).isEmpty();
    assertThat(processes.stopped).containsExactly("r1", "r3");
    assertThat(told(ProcessEvent.OrphanStopped.class))
        .hasSize(2)
        .allSatisfy(stopped -> assertThat(stopped.gone()).isTrue());
    assertThat(isThere("before.ledger")).isFalse();
  }

  @Test
  void whatCannotBeStoppedStaysInItsLedgerAndIsTriedAgain() {
    died("before", "process", "r1");
    processes.alive.add("r1");
    processes.immortal.add("r1");
    OrphanReaper reaper = reaper(OrphanPolicy.STOP);
    for (int i = 0; i < 2; i++) {
      assertThat(reap(reaper).settled())
          .singleElement()
          .satisfies(
              settled -> {
                assertThat(settled.action()).isEqualTo(ReapReport.Action.ERROR);
                assertThat(settled.detail()).contains("pid 1 (rock)");
              });
    }
    assertThat(processes.stopped).containsExactly("r1", "r1");
    assertThat(isThere("before.ledger")).isTrue();
    assertThat(told(ProcessEvent.OrphanStopped.class).get(0).survivors())
        .containsExactly("pid 1 (rock)");
  }

  @Test
  void theLivingAreLeftAlone() {
    Ledger living = Ledger.open(ledgers.path(), "living");
    living.intend(new Intent("process", "r1", 1, "lane", "item", "living", "r1"));
    processes.alive.add("r1");
    boxes.labelled.add(
        new Orphan("podman", "box-1", "living", "r1", "lane", null, null, "its label"));
    OrphanReaper reaper =
        OrphanReaper.builder(bus, ledgers)
            .source(processes, OrphanPolicy.STOP)
            .source(boxes, OrphanPolicy.STOP)
            .build();
    assertThat(reap(reaper).found()).isEmpty();
    assertThat(processes.stopped).isEmpty();
    assertThat(boxes.stopped).isEmpty();
    living.close();
    assertThat(reap(reaper).found()).hasSize(2);
  }

  @Test
  void aContainerIsAdoptedAndBelongsToThisIncarnation() {
    died("before", "podman", "r1");
    boxes.alive.add("r1");
    boxes.labelled.add(
        new Orphan("podman", "box-2", "before", "r2", null, null, null, "its label"));
    OrphanReaper reaper =
        OrphanReaper.builder(bus, ledgers).source(boxes, OrphanPolicy.ADOPT).build();
    ReapReport report = reap(reaper);
    assertThat(report.settled())
        .extracting(ReapReport.Settled::action)
        .containsOnly(ReapReport.Action.ADOPTED);
    assertThat(boxes.adopted).containsExactlyInAnyOrder("r1", "r2");
    assertThat(told(ProcessEvent.OrphanAdopted.class)).hasSize(2);
    assertThat(isThere("before.ledger")).isFalse();
    assertThat(report.left()).isEmpty();
  }

  @Test
  void entriesOfAKindThatNobodyLooksForStay() {
    died("before", "podman", "r1");
    assertThat(reap(reaper(OrphanPolicy.STOP)).found()).isEmpty();
    assertThat(isThere("before.ledger")).isTrue();
  }

  @Test
  void aSourceThatDoesNotAnswerIsToldAndItsEntriesStay() {
    died("before", "process", "r1");
    processes.alive.add("r1");
    processes.silent = true;
    OrphanReaper reaper = reaper(OrphanPolicy.STOP);
    ReapReport report = reap(reaper);
    assertThat(report.unanswered()).singleElement().asString().contains("process", "PT1M");
    assertThat(isThere("before.ledger")).isTrue();
    assertThat(told(ProcessEvent.ReapFailed.class)).hasSize(1);
    assertThat(reaper.handles().list().toCompletableFuture()).isCompletedExceptionally();
    processes.silent = false;
    assertThat(reap(reaper).settled()).hasSize(1);
    assertThat(reaper.handles().list().toCompletableFuture()).isCompletedWithValue(List.of());
  }

  @Test
  void aLedgerThatCannotBeReadIsToldOnceAndTheOthersAreReaped() throws IOException {
    died("before", "process", "r1");
    died("changed", "process", "r2");
    Path file = ledgers.path().resolve("changed.ledger");
    Files.writeString(file, Files.readString(file).replace("r2", "r1"));
    processes.alive.addAll(List.of("r1", "r2"));
    OrphanReaper reaper = reaper(OrphanPolicy.STOP);
    ReapReport report = reap(reaper);
    assertThat(report.found()).extracting(Orphan::incarnation).containsExactly("before");
    assertThat(report.unreadable()).singleElement().asString().contains("changed.ledger, line 2");
    reap(reaper);
    assertThat(told(ProcessEvent.ReapFailed.class))
        .singleElement()
        .satisfies(failed -> assertThat(failed.source()).endsWith("changed.ledger"));
    assertThat(Files.readString(file)).contains("r1");
    assertThat(processes.stopped).containsExactly("r1");
  }

  @Test
  void whatIsLeftIsALiveWorkerForTheReconcilerAndNobodyKnowsBeforeTheFirstLook() {
    died("before", "process", "r1");
    processes.alive.add("r1");
    OrphanReaper reaper = reaper(OrphanPolicy.REPORT);
    assertThat(reaper.handles().list().toCompletableFuture()).isCompletedExceptionally();
    reap(reaper);
    LiveHandle handle = new LiveHandle("the r1", "r1", "before");
    assertThat(reaper.handles().list().toCompletableFuture()).isCompletedWithValue(List.of(handle));
    assertThat(reaper.handles().kill(handle).toCompletableFuture()).isCompleted();
    assertThat(processes.stopped).containsExactly("r1");
  }

  @Test
  void itLooksAgainAndAgain() {
    try (AutoCloseable ticks = reaper(OrphanPolicy.STOP).start(Duration.ofMinutes(1))) {
      assertThat(ticks).isNotNull();
      world.advance(Duration.ofMinutes(3));
      died("before", "process", "r1");
      processes.alive.add("r1");
      world.advance(Duration.ofMinutes(1));
      assertThat(processes.stopped).containsExactly("r1");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aBuilderNamesEverythingThatCannotBeUsed() {
    OrphanReaper.Builder builder =
        OrphanReaper.builder(bus, ledgers)
            .source(processes, OrphanPolicy.ADOPT)
            .source(new Made("process", false))
            .limit(Duration.ZERO);
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("limit: expected a positive duration, got PT0S")
        .hasMessageContaining("expected each kind once, got [process, process]")
        .hasMessageContaining("process: expected report or stop (it cannot be adopted)");
  }
}
