package dev.reliability.core.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happened to the process that supervises. */
public sealed interface ProcessEvent extends EventData {

  /**
   * An incarnation began. Always the first event of its sequence.
   *
   * @param pid the process
   * @param java the Java version
   * @param os the operating system's name and version
   */
  @EventType("process.started")
  record Started(long pid, String java, String os) implements ProcessEvent {}

  /**
   * An incarnation ended in an orderly way. A sequence without it was cut off.
   *
   * @param reason why
   */
  @EventType("process.stopped")
  record Stopped(String reason) implements ProcessEvent {}

  /**
   * A sink could not keep up and events were not handed to it: the gap in what it saw is explained
   * by this.
   *
   * @param sink the sink's name
   * @param samples how many samples were dropped since the last such event
   * @param others how many other events were dropped since the last such event
   * @param firstSeq the first sequence number dropped
   * @param lastSeq the last sequence number dropped
   */
  @EventType("process.events_dropped")
  record EventsDropped(String sink, long samples, long others, long firstSeq, long lastSeq)
      implements ProcessEvent {}

  /**
   * Something that an earlier incarnation started is still there. The subject names its run.
   *
   * @param kind {@code process}, or an engine's name
   * @param what its name, such as {@code pid 4711 (sh)}
   * @param incarnation the one that started it, which is dead
   * @param policy what is done about it: {@code report}, {@code stop} or {@code adopt}
   * @param evidence how it was recognised, in words
   */
  @EventType("process.orphan_found")
  record OrphanFound(String kind, String what, String incarnation, String policy, String evidence)
      implements ProcessEvent {}

  /**
   * An orphan was stopped, or could not be.
   *
   * @param kind {@code process}, or an engine's name
   * @param what its name
   * @param incarnation the one that started it
   * @param gone whether nothing of it is left
   * @param guarantee how completely a stop reaches what belongs to it
   * @param survivors what is known to have survived
   * @param detail what went wrong, if something did
   */
  @EventType("process.orphan_stopped")
  record OrphanStopped(
      String kind,
      String what,
      String incarnation,
      boolean gone,
      String guarantee,
      List<String> survivors,
      @Nullable String detail)
      implements ProcessEvent {

    /** Copies {@code survivors}. */
    public OrphanStopped {
      survivors = List.copyOf(survivors);
    }
  }

  /**
   * An orphan belongs to this incarnation from now on.
   *
   * @param kind an engine's name
   * @param what its name
   * @param incarnation the one that started it
   */
  @EventType("process.orphan_adopted")
  record OrphanAdopted(String kind, String what, String incarnation) implements ProcessEvent {}

  /**
   * Whether there are orphans could not be found out everywhere: where that is, nothing was
   * touched.
   *
   * @param source what was to be looked through: a ledger's file, or an engine
   * @param detail why it could not be
   */
  @EventType("process.reap_failed")
  record ReapFailed(String source, String detail) implements ProcessEvent {}
}
