package dev.reliability.core.reconcile;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.ReconcileEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.event.Subject;
import dev.reliability.core.reconcile.Reconciliation.Action;
import dev.reliability.core.reconcile.Reconciliation.Settled;
import dev.reliability.core.run.LiveRun;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.runtime.Durations;
import dev.reliability.core.runtime.Scheduler;
import dev.reliability.core.runtime.Strand;
import dev.reliability.core.store.RunRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One comparison, from looking to acting. What may hang is called on strands of its own; once the
 * time is up nothing more is done, whatever comes back later.
 */
final class Pass {
  private static final Logger log = LoggerFactory.getLogger(Reconciler.class);
  private static final Set<RunState> OPEN = EnumSet.of(RunState.QUEUED, RunState.RUNNING);

  /** Records beyond those that are supervised; the oldest come first. */
  private static final int MOST_RECORDS = 10_000;

  private final Plan plan;
  private final EventBus bus;
  private final Memory memory;
  private final Runnable release;
  private final Strand control;
  private final CompletableFuture<Reconciliation> result = new CompletableFuture<>();
  private final AtomicBoolean told = new AtomicBoolean();
  private volatile boolean over;
  private volatile boolean inStore;
  private long timer = Scheduler.NO_TIMER;

  /** What is remembered from one comparison to the next; used by one at a time. */
  static final class Memory {
    private final Map<String, Instant> unrecordedSince = new LinkedHashMap<>();
    private final Set<String> toldKeys = new HashSet<>();
  }

  /** A worker and who runs it. */
  private record Listed(HandleSource source, LiveHandle handle) {}

  /**
   * A comparison that has not begun.
   *
   * @param release called when no step of it is under way any more
   */
  Pass(Plan plan, Memory memory, Runnable release) {
    this.plan = plan;
    this.bus = plan.bus();
    this.memory = memory;
    this.release = release;
    control = bus.runtime().strand(Strand.Kind.CONTROL, "reconcile");
  }

  CompletableFuture<Reconciliation> result() {
    return result;
  }

  void begin() {
    try {
      timer =
          bus.runtime()
              .scheduler()
              .schedule(
                  control,
                  Durations.saturatedNanos(plan.limit()),
                  () -> fail("it was not finished within " + plan.limit(), null));
    } catch (RejectedExecutionException closed) {
      fail("the runtime is closed", closed);
      return;
    }
    Set<String> supervised = new LinkedHashSet<>();
    plan.supervisors().forEach(s -> s.live().stream().map(LiveRun::run).forEach(supervised::add));
    List<CompletableFuture<List<Listed>>> lists = plan.sources().stream().map(this::list).toList();
    CompletableFuture.allOf(lists.toArray(CompletableFuture[]::new))
        .whenComplete(
            (all, error) -> {
              if (error != null) {
                fail("the live workers could not be listed: " + error, error);
              } else {
                List<Listed> listed = lists.stream().flatMap(list -> list.join().stream()).toList();
                bus.runtime()
                    .strand(Strand.Kind.IO, "reconcile")
                    .execute(() -> compare(supervised, listed));
              }
            });
  }

  private CompletableFuture<List<Listed>> list(HandleSource source) {
    CompletableFuture<List<Listed>> list = new CompletableFuture<>();
    foreign(
        list,
        () ->
            source
                .list()
                .whenComplete(
                    (handles, error) -> {
                      if (error != null) {
                        list.completeExceptionally(error);
                      } else if (handles == null) {
                        list.completeExceptionally(
                            new NullPointerException(source + " listed null"));
                      } else {
                        list.complete(handles.stream().map(h -> new Listed(source, h)).toList());
                      }
                    }));
    return list;
  }

  /** Runs somebody else's code where it may hang. */
  private void foreign(CompletableFuture<?> future, Runnable code) {
    bus.runtime()
        .strand(Strand.Kind.DELIVERY, "reconcile handles")
        .execute(
            () -> {
              try {
                code.run();
              } catch (Throwable e) {
                future.completeExceptionally(e);
              }
            });
  }

  // ---- on the I/O strand ----

  private void compare(Set<String> supervised, List<Listed> listed) {
    inStore = true;
    try {
      if (!over) {
        settle(supervised, listed);
      }
    } catch (Throwable e) {
      fail("nothing could be compared: " + e, e);
    } finally {
      inStore = false;
      if (over) {
        release.run();
      }
    }
  }

  private void settle(Set<String> supervised, List<Listed> listed) {
    Map<String, RunRecord> open = open(supervised, listed);
    Set<String> judged = judged(open, listed);
    Instant now = bus.runtime().time().wall();
    List<Facts.Sighting> sightings = sightings(supervised, listed, open, now);
    List<Finding> findings =
        plan.rules()
            .apply(
                new Facts(
                    supervised,
                    sightings,
                    List.copyOf(open.values()),
                    judged,
                    plan::thresholds,
                    now));
    tell(findings);
    List<CompletableFuture<Settled>> settled = new ArrayList<>();
    for (Finding finding : findings) {
      settled.add(settle(finding, open, listed, now));
    }
    Map<String, Boolean> lives = new HashMap<>();
    int notJudged =
        (int)
            open.values().stream()
                .map(RunRecord::owner)
                .filter(owner -> !judged.contains(owner))
                .filter(owner -> !lives.computeIfAbsent(owner, plan.ownerLives()::test))
                .count();
    CompletableFuture.allOf(settled.toArray(CompletableFuture[]::new))
        .whenComplete(
            (all, error) ->
                succeed(
                    new Reconciliation(
                        now,
                        open.size(),
                        listed.size(),
                        supervised.size(),
                        notJudged,
                        settled.stream().map(CompletableFuture::join).toList())));
  }

  /** Open records, oldest first, and those of workers that are there, however young. */
  private Map<String, RunRecord> open(Set<String> supervised, List<Listed> listed) {
    Map<String, RunRecord> open = new LinkedHashMap<>();
    for (RunRecord run : plan.store().findByState(OPEN, MOST_RECORDS + supervised.size())) {
      open.put(run.id(), run);
    }
    for (Listed one : listed) {
      String id = one.handle().run();
      if (!open.containsKey(id) && !supervised.contains(id)) {
        plan.store()
            .find(id)
            .filter(run -> OPEN.contains(run.state()))
            .ifPresent(run -> open.put(id, run));
      }
    }
    return open;
  }

  private Set<String> judged(Map<String, RunRecord> open, List<Listed> listed) {
    Set<String> owners = new LinkedHashSet<>();
    open.values().forEach(run -> owners.add(run.owner()));
    listed.forEach(one -> owners.add(one.handle().owner()));
    owners.removeIf(
        owner ->
            owner.equals(bus.epoch())
                ? plan.supervisors().isEmpty() // then nobody can tell what is in hand here
                : !plan.ownerIsDead().test(owner));
    return owners;
  }

  private List<Facts.Sighting> sightings(
      Set<String> supervised, List<Listed> listed, Map<String, RunRecord> open, Instant now) {
    Map<String, Instant> since = new LinkedHashMap<>();
    List<Facts.Sighting> sightings = new ArrayList<>();
    for (Listed one : listed) {
      LiveHandle handle = one.handle();
      Instant first = now;
      if (!open.containsKey(handle.run()) && !supervised.contains(handle.run())) {
        String key = handle.owner() + " " + handle.name();
        first = memory.unrecordedSince.getOrDefault(key, now);
        since.put(key, first);
      }
      sightings.add(new Facts.Sighting(handle, first));
    }
    memory.unrecordedSince.clear();
    memory.unrecordedSince.putAll(since);
    return sightings;
  }

  private void tell(List<Finding> findings) {
    Set<String> keys = new HashSet<>();
    for (Finding finding : findings) {
      keys.add(finding.key());
      if (!memory.toldKeys.contains(finding.key())) {
        log.warn("run {}: {}: {}", finding.run(), finding.reason().wireName(), finding.evidence());
        bus.emit(
            subject(finding),
            new ReconcileEvent.Found(
                finding.reason().wireName(),
                finding.state(),
                finding.worker(),
                finding.owner(),
                finding.age(),
                finding.threshold(),
                finding.evidence(),
                !acts(finding)));
      }
    }
    memory.toldKeys.clear();
    memory.toldKeys.addAll(keys);
  }

  private boolean acts(Finding finding) {
    return !plan.dryRun() && (finding.state() != null || plan.killUnrecorded());
  }

  private CompletableFuture<Settled> settle(
      Finding finding, Map<String, RunRecord> open, List<Listed> listed, Instant now) {
    if (!acts(finding)) {
      return CompletableFuture.completedFuture(new Settled(finding, Action.REPORTED, null));
    }
    RunRecord run = open.get(finding.run());
    if (run != null) {
      return CompletableFuture.completedFuture(told(end(finding, run, now)));
    }
    for (Listed one : listed) {
      if (one.handle().run().equals(finding.run())
          && one.handle().name().equals(finding.worker())) {
        return kill(finding, one).thenApply(this::told);
      }
    }
    throw new IllegalStateException("neither a record nor a worker: " + finding);
  }

  private Settled end(Finding finding, RunRecord run, Instant now) {
    if (over) {
      return new Settled(finding, Action.LEFT_ALONE, "the comparison took too long");
    }
    EndReason reason =
        finding.reason() == Finding.Reason.QUEUED_STALE
            ? EndReason.QUEUED_STALE
            : EndReason.RUNNING_WITHOUT_CONTAINER;
    try {
      return plan.store()
          .transition(run.state(), run.ended(RunState.FAILED, reason, finding.evidence(), now))
          .fold(
              applied -> new Settled(finding, Action.FAILED, null),
              conflict -> new Settled(finding, Action.LEFT_ALONE, conflict.why()),
              gone -> new Settled(finding, Action.LEFT_ALONE, "there is no run " + gone.id()));
    } catch (RuntimeException e) {
      log.warn("run {}: its record could not be ended", run.id(), e);
      return new Settled(finding, Action.ERROR, String.valueOf(e));
    }
  }

  private CompletableFuture<Settled> kill(Finding finding, Listed one) {
    CompletableFuture<StopReport> stopped = new CompletableFuture<>();
    foreign(
        stopped,
        () ->
            one.source()
                .kill(one.handle())
                .whenComplete(
                    (report, error) -> {
                      if (error != null) {
                        stopped.completeExceptionally(error);
                      } else {
                        stopped.complete(report);
                      }
                    }));
    return stopped.handle(
        (report, error) -> {
          if (report == null) {
            return new Settled(finding, Action.ERROR, String.valueOf(error));
          }
          return report.survivors().isEmpty()
              ? new Settled(finding, Action.KILLED, null)
              : new Settled(finding, Action.ERROR, "survived: " + report.survivors());
        });
  }

  private Settled told(Settled settled) {
    bus.emit(
        subject(settled.finding()),
        new ReconcileEvent.Settled(
            settled.finding().reason().wireName(), settled.action().wireName(), settled.detail()));
    return settled;
  }

  private Subject subject(Finding finding) {
    return new Subject(finding.lane(), finding.item(), finding.run(), 0, plan.actor());
  }

  // ---- the end ----

  private void succeed(Reconciliation value) {
    end(() -> result.complete(value));
  }

  private void fail(String why, @Nullable Throwable cause) {
    IllegalStateException failure = new IllegalStateException("reconciliation: " + why, cause);
    if (end(() -> result.completeExceptionally(failure))) {
      log.warn("Records and workers could not be compared: {}", why, cause);
      bus.emit(Subject.NONE, new ReconcileEvent.Failed(why));
    }
  }

  private boolean end(Runnable tell) {
    if (!told.compareAndSet(false, true)) {
      return false;
    }
    over = true;
    bus.runtime().scheduler().cancel(timer);
    if (!inStore) {
      release.run();
    }
    bus.runtime().strand(Strand.Kind.DELIVERY, "reconciled").execute(tell);
    return true;
  }
}
