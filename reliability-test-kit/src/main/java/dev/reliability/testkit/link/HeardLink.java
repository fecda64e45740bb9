package dev.reliability.testkit.link;

import dev.reliability.core.link.CloseReason;
import dev.reliability.core.link.LinkListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What was told of one connection, and what must not have been. Thread-safe. */
public final class HeardLink implements LinkListener {
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private final AtomicLong activities = new AtomicLong();
  private final boolean isThrowing;
  private volatile @Nullable CloseReason reason;
  private volatile boolean isOpen;

  /** One that listens. */
  public HeardLink() {
    this(false);
  }

  private HeardLink(boolean isThrowing) {
    this.isThrowing = isThrowing;
  }

  /** One that throws, whatever it is told, once it has noted it. */
  public static HeardLink throwing() {
    return new HeardLink(true);
  }

  @Override
  public void opened() {
    note("opened");
    isOpen = true;
    fail();
  }

  @Override
  public void activity() {
    if (reason != null) {
      complaints.add("activity after closed");
    }
    activities.incrementAndGet();
    fail();
  }

  @Override
  public void pairing(boolean waits) {
    if (reason != null) {
      complaints.add("pairing after closed");
    }
    fail();
  }

  @Override
  public void closed(CloseReason why) {
    note("closed");
    isOpen = false;
    reason = why;
    fail();
  }

  /** Whether it is open now. */
  public boolean isOpen() {
    return isOpen;
  }

  /** Whether it ever was. */
  public boolean wasOpen() {
    return told.contains("opened");
  }

  /** How often there was activity. */
  public long activities() {
    return activities.get();
  }

  /** Why it closed; null if it did not. */
  public @Nullable CloseReason reason() {
    return reason;
  }

  /** {@code opened} and {@code closed}, in the order in which they were told. */
  public List<String> told() {
    return List.copyOf(told);
  }

  /** What was told that must not have been. */
  public List<String> complaints() {
    return List.copyOf(complaints);
  }

  private void note(String what) {
    if (reason != null) {
      complaints.add(what + " after closed");
    } else if (told.contains(what)) {
      complaints.add(what + " twice");
    }
    told.add(what);
  }

  private void fail() {
    if (isThrowing) {
      throw new IllegalStateException("the listener throws, as the contract has it");
    }
  }
}
