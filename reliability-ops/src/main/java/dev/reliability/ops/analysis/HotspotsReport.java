package dev.reliability.ops.analysis;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What fails most (requirements F2, J7). Immutable; the most frequent come first.
 *
 * @param window the time asked for
 * @param lane the lane asked for; null for all
 * @param failedRuns the runs that failed
 * @param counted the failures that were counted by fingerprint
 * @param fingerprints by failure fingerprint; one of other rules than today's has their version
 *     before it
 * @param lanes failed runs by lane
 * @param reasons failed runs by reason
 * @param others what has a fingerprint beyond the first 10,000 different ones
 */
public record HotspotsReport(
    Window window,
    @Nullable String lane,
    Cited failedRuns,
    Cited counted,
    List<Hotspot> fingerprints,
    List<Hotspot> lanes,
    List<Hotspot> reasons,
    Cited others) {

  /** Copies the lists. */
  public HotspotsReport {
    fingerprints = List.copyOf(fingerprints);
    lanes = List.copyOf(lanes);
    reasons = List.copyOf(reasons);
  }

  /** Whether nothing failed. */
  public boolean isEmpty() {
    return failedRuns.isNone() && counted.isNone();
  }
}
