package dev.reliability.core.check;

import dev.reliability.core.check.PreflightReport.CheckReport;
import dev.reliability.core.event.DependencyEvent;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.Subject;
import dev.reliability.core.retry.Backoff;
import dev.reliability.core.retry.Retry;
import dev.reliability.core.retry.RetryPolicy;
import dev.reliability.core.runtime.Durations;
import dev.reliability.core.runtime.Periodic;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import dev.reliability.core.store.StoredText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether everything that the host needs is there: before it starts, and while it runs
 * (requirements N2, N7, F4, F5).
 *
 * <pre>{@code
 * Preflight preflight = Preflight.builder(bus)
 *     .check("templates", Checks.files(templates))
 *     .check("gateway", Checks.tcp("127.0.0.1", 3000))
 *     .build();
 * preflight.requireAll();                       // fails the start, and lists everything
 * preflight.start(Duration.ofMinutes(1));       // and from then on
 * }</pre>
 *
 * <p>All checks are made side by side, each up to three times with a second between. An attempt has
 * ten seconds, then it counts as one that hung; so a preflight takes 32 s at most, whatever a check
 * does. Every failure is listed, with the last that was put out; secrets are masked before anybody
 * sees them.
 *
 * <p>Tells {@code health.preflight} each time, and {@code health.check_failed} and {@code
 * health.check_recovered} when that of a check changes. Thread-safe.
 */
public final class Preflight {
  private static final Logger log = LoggerFactory.getLogger(Preflight.class);

  private final EventBus bus;
  private final ReliabilityRuntime runtime;
  private final List<Planned> checks;
  private final Masker masker;
  private final PreflightTeller teller;
  private final AtomicReference<@Nullable CompletableFuture<PreflightReport>> current =
      new AtomicReference<>();
  private volatile @Nullable PreflightReport last;

  /** How many preflights in a row each check has failed; used by one preflight at a time. */
  private final Map<String, Integer> failedRuns = new HashMap<>();

  /** A check, and how it is tried. */
  private record Planned(String name, DependencyCheck check, Duration limit, Retry retry) {}

  private Preflight(Builder builder) {
    bus = builder.bus;
    runtime = bus.runtime();
    masker = builder.masker;
    teller = new PreflightTeller(bus, builder.listeners, builder.escalation);
    checks = builder.checks.entrySet().stream().map(e -> builder.planned(e.getKey())).toList();
  }

  /** A builder with all defaults, on the runtime of {@code bus}. */
  public static Builder builder(EventBus bus) {
    return new Builder(bus);
  }

  /**
   * Makes all checks. Returns at once; the preflight that is under way, if one is.
   *
   * @return what came of them; never fails, and is completed on a delivery strand
   */
  public CompletableFuture<PreflightReport> run() {
    CompletableFuture<PreflightReport> next = new CompletableFuture<>();
    CompletableFuture<PreflightReport> running = current.compareAndExchange(null, next);
    if (running != null) {
      return running.copy();
    }
    String id = bus.newId();
    long began = runtime.time().nanos();
    List<CompletableFuture<CheckReport>> reports =
        checks.stream()
            .map(
                planned ->
                    new CheckRun(planned.name(), planned.check(), planned.limit(), masker, runtime)
                        .begin(planned.retry()))
            .toList();
    CompletableFuture.allOf(reports.toArray(CompletableFuture[]::new))
        .whenComplete(
            (all, error) -> {
              PreflightReport report =
                  new PreflightReport(
                      id,
                      runtime.time().wall(),
                      Duration.ofNanos(Math.max(0, runtime.time().nanos() - began)),
                      reports.stream().map(CompletableFuture::join).toList());
              last = report;
              try {
                tell(report);
              } finally {
                current.set(null);
                next.complete(report);
              }
            });
    return next.copy();
  }

  /**
   * Makes all checks and waits for them: for a start that must not go on without. Never to be
   * called on a control strand.
   *
   * @return what came of them, all of them passed
   * @throws PreflightException listing every check that failed
   */
  public PreflightReport requireAll() {
    PreflightReport report = runtime.await(run());
    if (!report.passed()) {
      throw new PreflightException(report);
    }
    return report;
  }

  /**
   * Makes all checks again and again, for the first time after one period. While a preflight is
   * under way no other one begins.
   *
   * @return close it to stop
   * @throws IllegalArgumentException if {@code period} is not positive
   */
  public Periodic start(Duration period) {
    return Periodic.start(
        runtime,
        runtime.strand(Strand.Kind.MONITOR, "preflight"),
        period,
        () -> {
          if (current.get() == null) {
            run();
          } else {
            log.warn("The preflight before this one is still under way; this one is left out");
          }
        });
  }

  /** What came of the last preflight that was finished; empty before. Looks at nothing. */
  public Optional<PreflightReport> last() {
    return Optional.ofNullable(last);
  }

  private void tell(PreflightReport report) {
    for (CheckReport check : report.checks()) {
      int before = failedRuns.getOrDefault(check.name(), 0);
      if (check.passed()) {
        failedRuns.remove(check.name());
        if (before > 0) {
          log.info("check {} passes again", check.name());
          bus.emit(Subject.NONE, new DependencyEvent.CheckRecovered(check.name(), before));
        }
      } else {
        failedRuns.put(check.name(), before + 1);
        if (before == 0) {
          log.warn("{}", check.line());
          bus.emit(
              Subject.NONE,
              new DependencyEvent.CheckFailed(
                  check.name(), check.why(), check.lastOutput(), check.attempts()));
        }
      }
    }
    List<String> failed = report.failures().stream().map(CheckReport::name).toList();
    bus.emit(
        Subject.NONE,
        new DependencyEvent.Preflight(
            report.checks().size() - failed.size(), failed, report.took()));
    teller.tell(report);
  }

  /** Collects the settings of a preflight. Not thread-safe. */
  public static final class Builder {
    private final EventBus bus;
    private final Map<String, DependencyCheck> checks = new LinkedHashMap<>();
    private final Map<String, Duration> limits = new LinkedHashMap<>();
    private final List<String> twice = new ArrayList<>();
    private final List<Consumer<? super PreflightReport>> listeners = new ArrayList<>();
    private Duration limit = Duration.ofSeconds(10);
    private int attempts = 3;
    private Duration interval = Duration.ofSeconds(1);
    private Masker masker = Masker.ofDefaults();
    private @Nullable DependencyEscalation escalation;

    private Builder(EventBus bus) {
      this.bus = Objects.requireNonNull(bus, "bus");
    }

    /** Adds a check. */
    public Builder check(String name, DependencyCheck check) {
      Objects.requireNonNull(name, "name");
      if (checks.putIfAbsent(name, Objects.requireNonNull(check, "check")) != null) {
        twice.add(name);
      }
      return this;
    }

    /** Adds a check whose attempts have a limit of their own. */
    public Builder check(String name, DependencyCheck check, Duration limit) {
      check(name, check);
      limits.put(name, Objects.requireNonNull(limit, "limit"));
      return this;
    }

    /** How long one attempt at a check may take; 10 s by default. */
    public Builder limit(Duration value) {
      limit = Objects.requireNonNull(value, "limit");
      return this;
    }

    /** How often a check is tried, and the time between; 3 times, 1 s by default. */
    public Builder attempts(int value, Duration between) {
      attempts = value;
      interval = Objects.requireNonNull(between, "between");
      return this;
    }

    /** Takes secrets out of what checks say; {@link Masker#ofDefaults} by default. */
    public Builder masker(Masker value) {
      masker = Objects.requireNonNull(value, "masker");
      return this;
    }

    /**
     * Records what comes of each check, under its name, which {@link DependencyEscalation#record}
     * must take. If the store hangs, what comes meanwhile is not recorded.
     *
     * <p>With all defaults the sixth failure in a row is known within five minutes of what broke if
     * the checks are made every 40 s or more often: also if a check hangs, which takes 32 s.
     */
    public Builder escalation(DependencyEscalation value) {
      escalation = Objects.requireNonNull(value, "escalation");
      return this;
    }

    /**
     * Is shown each report, on a delivery strand. While it is busy only the newest waits for it;
     * what it throws is logged.
     */
    public Builder onReport(Consumer<? super PreflightReport> listener) {
      listeners.add(Objects.requireNonNull(listener, "listener"));
      return this;
    }

    /**
     * The preflight.
     *
     * @throws IllegalArgumentException listing everything that cannot be used
     */
    public Preflight build() {
      List<String> problems = new ArrayList<>();
      if (checks.isEmpty()) {
        problems.add("checks: expected at least one, got none");
      }
      twice.forEach(name -> problems.add("check \"" + name + "\": expected once, got it twice"));
      for (String name : checks.keySet()) {
        try {
          StoredText.checkedName("check", name);
          if (escalation != null) {
            DependencyEscalation.document(name); // refuses what it could not record
          }
        } catch (IllegalArgumentException e) {
          problems.add(String.valueOf(e.getMessage()));
        }
      }
      positive("limit", limit, problems);
      limits.forEach((name, value) -> positive("limit of " + name, value, problems));
      positive("interval", interval, problems);
      if (attempts < 1) {
        problems.add("attempts: expected at least 1, got " + attempts);
      }
      if (!problems.isEmpty()) {
        throw new IllegalArgumentException(
            "a preflight cannot be built: " + String.join("; ", problems));
      }
      return new Preflight(this);
    }

    private Planned planned(String name) {
      Duration each = limits.getOrDefault(name, limit);
      long attemptNanos =
          Durations.saturatedAdd(
              Durations.saturatedNanos(each), Durations.saturatedNanos(interval));
      long all =
          attemptNanos > Long.MAX_VALUE / (attempts + 1)
              ? Long.MAX_VALUE
              : attemptNanos * attempts; // more than the attempts and the waits between them take
      RetryPolicy policy =
          RetryPolicy.with(Backoff.fixed(interval))
              .maxAttempts(attempts)
              .maxElapsed(Duration.ofNanos(all));
      return new Planned(
          name,
          Objects.requireNonNull(checks.get(name)),
          each,
          Retry.builder("check " + name, policy, bus)
              .attemptLimit(each)
              .retryOnResult(CheckResult.Failed.class::isInstance)
              .build());
    }

    private static void positive(String name, Duration value, List<String> problems) {
      if (value.isNegative() || value.isZero()) {
        problems.add(name + ": expected a positive duration, got " + value);
      }
    }
  }
}
