package dev.reliability.core.health;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that a gate's verdict follows from. Immutable.
 *
 * @param gate its name
 * @param now by the wall clock
 * @param criteria what was observed of each
 * @param vetoes what each signal says
 * @param written the last verdict that an evaluator wrote down; null if there is none
 * @param evaluated whether this is an evaluation; if not, somebody only looks
 */
record ReadinessFacts(
    String gate,
    Instant now,
    List<CriterionFact> criteria,
    List<VetoFact> vetoes,
    @Nullable GateVerdict written,
    boolean evaluated) {

  ReadinessFacts {
    criteria = List.copyOf(criteria);
    vetoes = List.copyOf(vetoes);
  }

  /** Whether the gate was open when it was last evaluated. */
  boolean wasOpen() {
    return written == GateVerdict.GO;
  }

  /**
   * One criterion.
   *
   * @param seen its streak and age; null if they cannot be read
   * @param problem why they cannot be read
   */
  record CriterionFact(
      Criterion criterion, FailureStreaks.@Nullable Seen seen, @Nullable String problem) {

    /** The id of the last observation that says something; empty if there is none. */
    String known() {
      Observation known = seen == null ? null : seen.streak().known();
      return known == null ? "" : known.id();
    }

    /** Whether the last observation that counts says that it is met. */
    boolean met() {
      Observation counted = seen == null ? null : seen.streak().counted();
      return counted != null && counted.outcome() == Observation.Outcome.OK;
    }

    /** Whether it was observed since, and is met. */
    boolean metSince(@Nullable Map<String, String> lapsed) {
      return lapsed != null && met() && !known().equals(lapsed.getOrDefault(criterion.name(), ""));
    }
  }

  /**
   * One signal.
   *
   * @param objects whether what it says now keeps the gate shut
   * @param objected whether what was published did
   * @param lapsed the last observation of each criterion when somebody noted that this publication
   *     is stale; null if nobody did
   * @param problem why nobody can tell what it says; null if one can
   */
  record VetoFact(
      String name,
      String threshold,
      boolean required,
      Reading<?> reading,
      String value,
      boolean objects,
      boolean objected,
      @Nullable Map<String, String> lapsed,
      @Nullable String problem) {

    /** Code of the host that throws is a problem of this signal, and of nothing else. */
    static <T> VetoFact of(Veto<T> veto, Reading<T> reading, GateDocument document) {
      try {
        return judged(veto, reading, document);
      } catch (RuntimeException | Error e) {
        return fact(veto, reading, "", false, false, null, "its veto or its codec threw: " + e);
      }
    }

    private static <T> VetoFact judged(Veto<T> veto, Reading<T> reading, GateDocument document) {
      SignalCodec<T> codec = veto.type().codec();
      return reading.fold(
          fresh ->
              fact(
                  veto,
                  reading,
                  codec.spell(fresh.value()),
                  veto.objects().test(fresh.value()),
                  false,
                  null,
                  null),
          stale ->
              fact(
                  veto,
                  reading,
                  codec.spell(stale.value())
                      + " (published as "
                      + codec.spell(stale.signal().value())
                      + ")",
                  veto.objects().test(stale.value()),
                  veto.objects().test(stale.signal().value()),
                  document.lapsed(veto.type().name(), stale.signal().id()),
                  null),
          unknown -> fact(veto, reading, unknown.why().wireName(), false, false, null, null));
    }

    private static <T> VetoFact fact(
        Veto<T> veto,
        Reading<T> reading,
        String value,
        boolean objects,
        boolean objected,
        @Nullable Map<String, String> lapsed,
        @Nullable String problem) {
      return new VetoFact(
          veto.type().name(),
          "a value that objects and is no older than " + veto.type().ttl(),
          veto.required(),
          reading,
          value,
          objects,
          objected,
          lapsed,
          problem);
    }
  }
}
