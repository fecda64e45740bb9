package dev.reliability.ops.cli;

import dev.reliability.core.health.RunLock;
import dev.reliability.core.incident.Incident;
import dev.reliability.core.incident.IncidentRegistry;
import dev.reliability.core.store.LaneView;
import dev.reliability.jdbc.JdbcStore;
import dev.reliability.ops.analysis.Trace;
import dev.reliability.ops.analysis.TraceReport;
import dev.reliability.ops.analysis.Window;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** How things stand, and what ended of late (requirements F1, M2). */
@Command(
    name = "status",
    description = "Who works on what, what is paused or open, and how runs ended of late.")
final class StatusVerb extends Verb {
  @Mixin WindowOptions time = new WindowOptions();

  @Override
  Report report(Workplace workplace) {
    Window window = time.window(workplace.now());
    Trace trace = Trace.builder(window).lines(1).build();
    JournalFacts journal = JournalFacts.feed(workplace, trace);
    TraceReport ended = trace.report();
    JdbcStore store = workplace.store();
    List<RunLock> locks = workplace.locks();
    List<LaneView> paused = store.leases().lanes().stream().filter(LaneView::paused).toList();
    List<Incident> open =
        IncidentRegistry.open(
                store.states(), workplace.directory().resolve("evidence"), workplace.silentBus())
            .incidents()
            .stream()
            .filter(one -> one.status() == Incident.Status.OPEN)
            .toList();

    List<String> lines = new ArrayList<>();
    lines.add(locks.size() + " run locks");
    locks.forEach(lock -> lines.add("  " + LocksVerb.line(lock)));
    lines.add(paused.size() + " lanes paused");
    paused.forEach(lane -> lines.add("  " + LaneVerbs.line(lane)));
    lines.add(open.size() + " incidents open");
    open.forEach(one -> lines.add("  " + IncidentVerbs.line(one)));
    lines.add("runs that ended in " + window);
    ended.ends().forEach((reason, cited) -> lines.add("  " + reason + " " + cited.count()));
    lines.add("runs under way: " + ended.open().count());

    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("runLocksCount", locks.size());
    summary.put("runLocks", locks.stream().map(LocksVerb::entry).toList());
    summary.put("lanesPaused", paused.stream().map(LaneVerbs::entry).toList());
    summary.put("incidentsOpen", open.stream().map(IncidentVerbs::entry).toList());
    summary.put("runsEnded", ended.ends());
    summary.put("runsUnderWay", ended.open());
    return Report.of("status", lines, summary).of(window, journal);
  }
}
