package dev.reliability.core.link;

import dev.reliability.core.runtime.TimeSource;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a link tells of one connection. Everything but activity goes to the control strand with the
 * connection's own identity, so that what comes late from an older one can be told apart and
 * changes nothing.
 */
final class Connection implements LinkListener {
  final long generation;
  final long begunNanos;
  private final TimeSource time;
  private final Consumer<LinkInput> control;
  private volatile long activeNanos;

  // on the control strand
  boolean wasOpen;
  boolean probing;
  long probedNanos;
  @Nullable CloseReason ownReason; // why this side closes it

  Connection(long generation, TimeSource time, Consumer<LinkInput> control) {
    this.generation = generation;
    this.time = time;
    this.control = control;
    begunNanos = time.nanos();
    activeNanos = begunNanos;
  }

  @Override
  public void opened() {
    activity();
    control.accept(new LinkInput.Opened(this));
  }

  @Override
  public void activity() {
    activeNanos = time.nanos();
  }

  @Override
  public void pairing(boolean waits) {
    activity();
    control.accept(new LinkInput.Pairing(this, waits));
  }

  @Override
  public void closed(CloseReason reason) {
    control.accept(
        new LinkInput.Closed(
            this,
            reason == null
                ? CloseReason.of(
                    CloseClass.RETRY, "", "the adapter said closed(null): it is to give a reason")
                : reason));
  }

  /** When something last came, or it began. */
  long activeNanos() {
    return activeNanos;
  }

  /**
   * What counts if this side closed it for a reason of its own: a final word of the other side's.
   */
  CloseReason why(CloseReason told) {
    CloseReason own = ownReason;
    return own == null || (told.kind().isFinal() && told.kind() != CloseClass.LOCAL)
        ? told
        : Objects.requireNonNull(own);
  }
}
