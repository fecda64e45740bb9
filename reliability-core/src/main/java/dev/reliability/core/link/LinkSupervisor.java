package dev.reliability.core.link;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.LinkSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Keeps one link connected, without churn.
 *
 * <pre>{@code
 * LinkSupervisor link = LinkSupervisor.builder("whatsapp", socket, bus)
 *     .onChange(view -> runs.updateLink(view.snapshot()))
 *     .build();
 * link.start();
 * }</pre>
 *
 * <p>What follows from a close is the {@link LinkPolicy}'s to say; this acts on it. A connection
 * that does not open before the connect deadline, or of which nothing is heard and which does not
 * answer a probe, is closed, and the next one is not made before the adapter told that this one
 * closed, or did not do so in time. What an older connection still tells changes nothing. A final
 * close (see {@link CloseClass#isFinal}) stops the link until {@link #resume}.
 *
 * <p>All times are of the monotonic clock: setting the wall clock changes nothing, and after a
 * machine slept or a process stood still nothing happens twice. Each cooldown is told in one
 * structured warning. Thread-safe; no method but {@link #close} blocks.
 */
public final class LinkSupervisor implements AutoCloseable {
  private final LinkTeller teller;
  private final LinkTask task;

  private LinkSupervisor(Builder builder) {
    teller = new LinkTeller(builder.name, builder.bus, builder.observers, builder.closesKept);
    LinkAdapter adapter = new LinkAdapter(builder.name, builder.link, builder.bus.runtime());
    task = new LinkTask(builder.name, builder.policy, teller, adapter);
  }

  /**
   * A builder with all defaults.
   *
   * @param name of the link, for events, logs and its stream of random numbers
   * @param link what is connected; nobody else may connect it
   * @param bus where events go; its runtime gives time and timers. The caller closes it.
   * @throws IllegalArgumentException if the name is blank
   */
  public static Builder builder(String name, Link link, EventBus bus) {
    return new Builder(name, link, bus);
  }

  /** Connects it for the first time. Does nothing if that was done, or if it was stopped before. */
  public void start() {
    task.post(new LinkInput.Start("host", "start", true));
  }

  /**
   * Connects a link again that stopped: at once, unless a cooldown goes on or it closed too often
   * of late. One that was never started is connected, too; to any other nothing is done.
   *
   * @param actor who wants it
   * @param reason why, in words
   */
  public void resume(String actor, String reason) {
    task.post(
        new LinkInput.Start(
            Objects.requireNonNull(actor, "actor"),
            Objects.requireNonNull(reason, "reason"),
            false));
  }

  /**
   * Closes the link, and leaves it closed until it is resumed.
   *
   * @param actor who wants it
   * @param reason why, in words
   */
  public void stop(String actor, String reason) {
    task.post(
        new LinkInput.Stop(
            Objects.requireNonNull(actor, "actor"), Objects.requireNonNull(reason, "reason")));
  }

  /** What is known of it now, with its last closes. */
  public LinkView view() {
    return teller.view();
  }

  /** {@link #view} as runs carry it in their end event. */
  public LinkSnapshot snapshot() {
    return teller.view().snapshot();
  }

  /**
   * Closes the link for good, and waits for that, for the close time-out at most. Belongs before
   * the close of the runtime: without timers nobody would notice a connection that does not close.
   */
  @Override
  public void close() {
    if (!teller.runtime().isClosed()) {
      teller.runtime().await(task.close(new LinkInput.Stop("host", "its supervisor is closed")));
    }
  }

  /** Collects the settings of a supervisor. Not thread-safe. */
  public static final class Builder {
    private final String name;
    private final Link link;
    private final EventBus bus;
    private final List<Consumer<? super LinkView>> observers = new ArrayList<>();
    private LinkPolicy policy = LinkPolicy.ofDefaults();
    private int closesKept = 64;

    private Builder(String name, Link link, EventBus bus) {
      this.name = Objects.requireNonNull(name, "name");
      if (name.isBlank()) {
        throw new IllegalArgumentException("name: expected one, got \"" + name + "\"");
      }
      this.link = Objects.requireNonNull(link, "link");
      this.bus = Objects.requireNonNull(bus, "bus");
    }

    /** When it is connected again; {@link LinkPolicy#ofDefaults()} by default. */
    public Builder policy(LinkPolicy value) {
      policy = Objects.requireNonNull(value, "policy");
      return this;
    }

    /**
     * Adds somebody who is told of every change, in their order, on a strand for the host's code.
     * One that hangs delays those that come after, and nothing else.
     */
    public Builder onChange(Consumer<? super LinkView> observer) {
      observers.add(Objects.requireNonNull(observer, "observer"));
      return this;
    }

    /**
     * How many closes are remembered; 64 by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder closesKept(int closes) {
      if (closes < 1) {
        throw new IllegalArgumentException("closesKept: expected at least 1, got " + closes);
      }
      closesKept = closes;
      return this;
    }

    /** The supervisor; nothing is connected before {@link LinkSupervisor#start}. */
    public LinkSupervisor build() {
      return new LinkSupervisor(this);
    }
  }
}
