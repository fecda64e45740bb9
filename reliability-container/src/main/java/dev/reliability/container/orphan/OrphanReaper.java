package dev.reliability.container.orphan;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.reconcile.HandleSource;
import dev.reliability.core.reconcile.LiveHandle;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.runtime.Durations;
import dev.reliability.core.runtime.Periodic;
import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what dead incarnations left, at the start and whenever it is asked again, and has it
 * reported, stopped or adopted.
 *
 * <pre>{@code
 * OrphanReaper reaper = OrphanReaper.builder(bus, ledger.directory())
 *     .source(processes.orphans(), OrphanPolicy.STOP).build();
 * reaper.reap().join();
 * }</pre>
 *
 * <p>An incarnation is dead if nobody holds its ledger's lock. Its ledger is locked while it is
 * gone through, so that two reapers do not take the same orphans. One that cannot be read is told
 * and left as it is; nothing of its incarnation is touched.
 *
 * <p>Thread-safe. Sources may hang: each call of one is given up after a minute by default.
 */
public final class OrphanReaper {
  private static final Logger log = LoggerFactory.getLogger(OrphanReaper.class);

  private final EventBus bus;
  private final LedgerDirectory directory;
  private final Map<OrphanSource, OrphanPolicy> sources;
  private final long limitNanos;
  private final AtomicReference<@Nullable CompletableFuture<ReapReport>> current =
      new AtomicReference<>();
  private final ReapTeller teller;
  private volatile @Nullable ReapReport last;

  private OrphanReaper(Builder builder) {
    bus = builder.bus;
    directory = builder.directory;
    sources = new LinkedHashMap<>(builder.sources);
    limitNanos = Durations.saturatedNanos(builder.limit);
    teller = new ReapTeller(bus);
  }

  /**
   * A builder with all defaults.
   *
   * @param bus where it tells what it finds
   * @param directory where the ledgers are
   */
  public static Builder builder(EventBus bus, LedgerDirectory directory) {
    return new Builder(bus, directory);
  }

  /**
   * Looks once, and does what policy says. Returns at once; the look that is under way, if one is.
   *
   * @return ends within the limits of the sources; fails only if the ledgers' directory cannot be
   *     looked at
   */
  public CompletableFuture<ReapReport> reap() {
    CompletableFuture<ReapReport> mine = new CompletableFuture<>();
    CompletableFuture<ReapReport> running = current.compareAndExchange(null, mine);
    if (running != null) {
      return running.copy();
    }
    io(
        () -> {
          try {
            look(mine, directory.takeDead());
          } catch (RuntimeException e) {
            teller.problem(directory.path().toString(), String.valueOf(e.getMessage()));
            finish(mine, null, e);
          }
        });
    return mine.copy();
  }

  /**
   * Looks again and again, for the first time after one period. What goes wrong is told and ends
   * nothing.
   *
   * @return close it to stop
   * @throws IllegalArgumentException if {@code period} is not positive
   */
  public Periodic start(Duration period) {
    return Periodic.start(
        bus.runtime(),
        bus.runtime().strand(Strand.Kind.MONITOR, "orphan reaper"),
        period,
        () -> {
          try {
            reap();
          } catch (RuntimeException e) {
            log.warn("A tick of the orphan reaper failed", e);
          }
        });
  }

  /**
   * What the last look left, for a reconciler: a record whose orphan is still there is not without
   * a container. Cannot be told, and so fails, before the first look has ended, and after one in
   * which a source did not answer.
   */
  public HandleSource handles() {
    return new HandleSource() {
      @Override
      public CompletionStage<List<LiveHandle>> list() {
        ReapReport report = last;
        if (report == null) {
          return CompletableFuture.failedFuture(
              new IllegalStateException("orphans: nobody has looked for them yet"));
        }
        if (!report.unanswered().isEmpty()) {
          return CompletableFuture.failedFuture(
              new IllegalStateException("orphans: " + String.join("; ", report.unanswered())));
        }
        return CompletableFuture.completedFuture(
            report.left().stream()
                .map(one -> new LiveHandle(one.name(), one.run(), one.incarnation()))
                .toList());
      }

      @Override
      public CompletionStage<StopReport> kill(LiveHandle handle) {
        ReapReport report = last;
        for (Orphan one : report == null ? List.<Orphan>of() : report.left()) {
          if (one.name().equals(handle.name()) && one.run().equals(handle.run())) {
            return sourceOf(one).stop(one);
          }
        }
        return CompletableFuture.completedFuture(StopReport.CLEAN);
      }
    };
  }

  // ---- one look ----

  private void look(CompletableFuture<ReapReport> result, List<DeadLedger> ledgers) {
    List<String> unreadable = new ArrayList<>();
    List<String> unanswered = new ArrayList<>();
    for (DeadLedger ledger : ledgers) {
      LedgerException problem = ledger.problem();
      if (problem != null) {
        unreadable.add(String.valueOf(problem.getMessage()));
        teller.problem(ledger.path().toString(), String.valueOf(problem.getMessage()));
      }
    }
    TakenLedgers taken = new TakenLedgers(directory, ledgers);
    Map<OrphanSource, CompletableFuture<List<Orphan>>> finds = new LinkedHashMap<>();
    sources
        .keySet()
        .forEach(source -> finds.put(source, foreign(source.kind(), () -> source.find(taken))));
    afterAll(
        finds.values(),
        () -> {
          List<CompletableFuture<ReapReport.Settled>> settled = new ArrayList<>();
          finds.forEach(
              (source, find) -> {
                if (find.isCompletedExceptionally()) {
                  String why = source.kind() + ": " + reason(find);
                  unanswered.add(why);
                  teller.problem(source.kind(), why);
                } else {
                  taken.keep(source.kind(), find.join());
                  find.join().forEach(orphan -> settled.add(settle(source, orphan)));
                }
              });
          afterAll(
              settled,
              () -> {
                List<ReapReport.Settled> all =
                    settled.stream().map(CompletableFuture::join).toList();
                io(
                    () -> {
                      taken.close(all, unreadable);
                      finish(result, new ReapReport(all, unreadable, unanswered), null);
                    });
              });
        });
  }

  private CompletableFuture<ReapReport.Settled> settle(OrphanSource source, Orphan orphan) {
    OrphanPolicy policy = Objects.requireNonNull(sources.get(source));
    teller.found(orphan, policy);
    CompletableFuture<ReapReport.Settled> settled;
    if (policy == OrphanPolicy.STOP) {
      settled =
          foreign(source.kind(), () -> source.stop(orphan))
              .handle((report, error) -> teller.stopped(orphan, report, error));
    } else if (policy == OrphanPolicy.ADOPT) {
      settled =
          foreign(source.kind(), () -> source.adopt(orphan))
              .handle((nothing, error) -> teller.adopted(orphan, error));
    } else {
      settled =
          CompletableFuture.completedFuture(
              new ReapReport.Settled(orphan, ReapReport.Action.REPORTED, null));
    }
    return settled;
  }

  private void finish(
      CompletableFuture<ReapReport> result,
      @Nullable ReapReport report,
      @Nullable RuntimeException failure) {
    if (report != null) {
      last = report;
    }
    current.compareAndSet(result, null);
    bus.runtime()
        .strand(Strand.Kind.DELIVERY, "reaped")
        .execute(
            () -> {
              if (report != null) {
                result.complete(report);
              } else {
                result.completeExceptionally(Objects.requireNonNull(failure));
              }
            });
  }

  private OrphanSource sourceOf(Orphan orphan) {
    return sources.keySet().stream()
        .filter(source -> source.kind().equals(orphan.kind()))
        .findFirst()
        .orElseThrow();
  }

  // ---- somebody else's code, where it may hang ----

  /** A call of a source that may hang or throw; ends within the limit. */
  private <T> CompletableFuture<T> foreign(String what, Call<T> call) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    Strand control = bus.runtime().strand(Strand.Kind.CONTROL, "orphans of " + what);
    long timer =
        bus.runtime()
            .scheduler()
            .schedule(
                control,
                limitNanos,
                () ->
                    answer.completeExceptionally(
                        new IllegalStateException(
                            "no answer within " + Duration.ofNanos(limitNanos))));
    bus.runtime()
        .strand(Strand.Kind.DELIVERY, "orphans of " + what)
        .execute(
            () -> {
              try {
                call.make()
                    .whenComplete(
                        (value, error) -> {
                          bus.runtime().scheduler().cancel(timer);
                          if (error == null) {
                            answer.complete(value);
                          } else {
                            answer.completeExceptionally(error);
                          }
                        });
              } catch (Throwable e) {
                answer.completeExceptionally(e);
              }
            });
    return answer;
  }

  @FunctionalInterface
  private interface Call<T> {
    CompletionStage<T> make();
  }

  private static void afterAll(Collection<? extends CompletableFuture<?>> futures, Runnable then) {
    CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
        .whenComplete((all, error) -> then.run());
  }

  private static String reason(CompletableFuture<?> failed) {
    return failed.handle((value, error) -> String.valueOf(error)).join();
  }

  private void io(Runnable task) {
    bus.runtime().strand(Strand.Kind.IO, "orphan ledgers").execute(task);
  }

  /** Collects the settings of a reaper. Not thread-safe. */
  public static final class Builder {
    private final EventBus bus;
    private final LedgerDirectory directory;
    private final Map<OrphanSource, OrphanPolicy> sources = new LinkedHashMap<>();
    private Duration limit = Duration.ofMinutes(1);

    private Builder(EventBus bus, LedgerDirectory directory) {
      this.bus = Objects.requireNonNull(bus, "bus");
      this.directory = Objects.requireNonNull(directory, "directory");
    }

    /** Adds a kind of orphans, which are only reported. */
    public Builder source(OrphanSource source) {
      return source(source, OrphanPolicy.REPORT);
    }

    /** Adds a kind of orphans, and what is done about them. */
    public Builder source(OrphanSource source, OrphanPolicy policy) {
      sources.put(
          Objects.requireNonNull(source, "source"), Objects.requireNonNull(policy, "policy"));
      return this;
    }

    /** How long one call of a source may take; 1 min by default. */
    public Builder limit(Duration value) {
      limit = Objects.requireNonNull(value, "limit");
      return this;
    }

    /**
     * The reaper.
     *
     * @throws IllegalArgumentException listing everything that cannot be used: a limit that is not
     *     positive, a kind that is there twice, adoption of what cannot be adopted
     */
    public OrphanReaper build() {
      List<String> problems = new ArrayList<>();
      if (limit.isNegative() || limit.isZero()) {
        problems.add("limit: expected a positive duration, got " + limit);
      }
      long kinds = sources.keySet().stream().map(OrphanSource::kind).distinct().count();
      if (kinds < sources.size()) {
        problems.add(
            "source: expected each kind once, got "
                + sources.keySet().stream().map(OrphanSource::kind).toList());
      }
      sources.forEach(
          (source, policy) -> {
            if (policy == OrphanPolicy.ADOPT && !source.canAdopt()) {
              problems.add(
                  source.kind() + ": expected report or stop (it cannot be adopted), got adopt");
            }
          });
      if (!problems.isEmpty()) {
        throw new IllegalArgumentException(
            "an orphan reaper cannot be built: " + String.join("; ", problems));
      }
      return new OrphanReaper(this);
    }
  }
}
