package dev.reliability.ops.cli;

import dev.reliability.core.lane.FingerprintBreaker;
import dev.reliability.core.lane.LaneGuard;
import dev.reliability.core.store.LaneView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lanes, paused and resumed (requirements J5, J6). */
final class LaneVerbs {
  private LaneVerbs() {}

  /** All lanes. */
  @Command(name = "lanes", description = "The lanes, and which are paused, by whom and why.")
  static final class Lanes extends Verb {
    @Override
    Report report(Workplace workplace) {
      List<LaneView> lanes = workplace.store().leases().lanes();
      List<String> lines = new ArrayList<>();
      List<Map<String, @Nullable Object>> entries = new ArrayList<>();
      for (LaneView lane : lanes) {
        lines.add(line(lane));
        entries.add(entry(lane));
      }
      if (lanes.isEmpty()) {
        lines.add("no lane was ever paused");
      }
      Map<String, Object> summary = new LinkedHashMap<>();
      summary.put("lanes", lanes.size());
      summary.put("paused", lanes.stream().filter(LaneView::paused).count());
      return Report.of("lanes", lines, summary).checks(entries);
    }
  }

  /** Pauses one. */
  @Command(name = "pause", description = "Pauses a lane: nothing of it is claimed any more.")
  static final class Pause extends Verb {
    @Parameters(paramLabel = "LANE")
    String lane = "";

    @Option(names = "--actor", required = true, description = "Who pauses it.")
    String actor = "";

    @Option(names = "--reason", required = true, description = "Why.")
    String reason = "";

    @Override
    Report report(Workplace workplace) {
      said(actor, reason);
      LaneView after = guard(workplace).pause(lane, actor, reason);
      List<String> lines = new ArrayList<>();
      lines.add(line(after));
      if (!actor.equals(after.actor()) || !reason.equals(after.reason())) {
        lines.add("it was paused already, which stays as it is");
      }
      return Report.of("pause", lines, entry(after));
    }
  }

  /** Resumes one. */
  @Command(name = "resume", description = "Resumes a lane: what failed before counts no more.")
  static final class Resume extends Verb {
    @Parameters(paramLabel = "LANE")
    String lane = "";

    @Option(names = "--actor", required = true, description = "Who resumes it.")
    String actor = "";

    @Option(names = "--reason", required = true, description = "Why.")
    String reason = "";

    @Override
    Report report(Workplace workplace) {
      said(actor, reason);
      boolean wasPaused = workplace.storeToChange().leases().lane(lane).paused();
      LaneView after = guard(workplace).resume(lane, actor, reason);
      List<String> lines = new ArrayList<>();
      lines.add(line(after));
      if (!wasPaused) {
        lines.add("it was not paused, and stays as it is");
      }
      return Report.of("resume", lines, entry(after));
    }
  }

  private static void said(String actor, String reason) {
    Values.said("--actor", actor);
    Values.said("--reason", reason);
  }

  static LaneGuard guard(Workplace workplace) {
    return new LaneGuard(
        workplace.storeToChange().leases(),
        workplace.storeToChange().states(),
        workplace.bus(),
        FingerprintBreaker.ofDefaults(),
        (lane, episode, fingerprint) -> {});
  }

  static String line(LaneView lane) {
    String since = lane.since() == null ? "" : " since " + lane.since();
    return lane.paused()
        ? "paused  " + lane.lane() + since + " by " + lane.actor() + ": " + lane.reason()
        : "running " + lane.lane() + ", episode " + lane.episode();
  }

  static Map<String, @Nullable Object> entry(LaneView lane) {
    Map<String, @Nullable Object> entry = new LinkedHashMap<>();
    entry.put("lane", lane.lane());
    entry.put("lane_paused", lane.paused());
    entry.put("episode", lane.episode());
    entry.put("lane_paused_reason", lane.reason());
    entry.put("lane_paused_by", lane.actor());
    entry.put("lane_paused_at", lane.since());
    return entry;
  }
}
