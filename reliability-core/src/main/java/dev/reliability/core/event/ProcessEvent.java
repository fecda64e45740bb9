package dev.reliability.core.event;

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
}
