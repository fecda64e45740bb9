package dev.reliability.container.orphan;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.ProcessEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.core.run.StopReport;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells what a reaper finds and does; what is found again and again, once. Thread-safe. */
final class ReapTeller {
  private static final Logger log = LoggerFactory.getLogger(OrphanReaper.class);

  private final EventBus bus;
  private final Set<String> told = ConcurrentHashMap.newKeySet();

  ReapTeller(EventBus bus) {
    this.bus = bus;
  }

  void problem(String source, String detail) {
    if (told.add("problem " + source + " " + detail)) {
      log.error("Orphans cannot be looked for: {}", detail);
      bus.emit(Subject.NONE, new ProcessEvent.ReapFailed(source, detail));
    }
  }

  void found(Orphan orphan, OrphanPolicy policy) {
    if (told.add("found " + orphan.key())) {
      log.warn(
          "run {}: its {} {} outlived incarnation {}: {}",
          orphan.run(),
          orphan.kind(),
          orphan.name(),
          orphan.incarnation(),
          orphan.evidence());
      bus.emit(
          subject(orphan),
          new ProcessEvent.OrphanFound(
              orphan.kind(),
              orphan.name(),
              orphan.incarnation(),
              policy.wireName(),
              orphan.evidence()));
    }
  }

  ReapReport.Settled stopped(
      Orphan orphan, @Nullable StopReport report, @Nullable Throwable error) {
    StopReport known = report == null ? StopReport.CLEAN : report;
    boolean gone = report != null && known.survivors().isEmpty();
    String detail = error == null ? null : String.valueOf(error);
    bus.emit(
        subject(orphan),
        new ProcessEvent.OrphanStopped(
            orphan.kind(),
            orphan.name(),
            orphan.incarnation(),
            gone,
            known.guarantee(),
            known.survivors(),
            detail));
    return new ReapReport.Settled(
        orphan,
        gone ? ReapReport.Action.STOPPED : ReapReport.Action.ERROR,
        gone || detail != null ? detail : "survived: " + known.survivors());
  }

  ReapReport.Settled adopted(Orphan orphan, @Nullable Throwable error) {
    if (error != null) {
      problem(orphan.kind(), orphan.name() + " could not be adopted: " + error);
      return new ReapReport.Settled(orphan, ReapReport.Action.ERROR, String.valueOf(error));
    }
    bus.emit(
        subject(orphan),
        new ProcessEvent.OrphanAdopted(orphan.kind(), orphan.name(), orphan.incarnation()));
    return new ReapReport.Settled(orphan, ReapReport.Action.ADOPTED, null);
  }

  private static Subject subject(Orphan orphan) {
    return new Subject(orphan.lane(), orphan.item(), orphan.run(), 0, null);
  }
}
