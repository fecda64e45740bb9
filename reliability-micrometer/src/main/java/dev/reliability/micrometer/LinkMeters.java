package dev.reliability.micrometer;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.LinkEvent;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/** The meters of one link. Thread-safe. */
final class LinkMeters implements MeterBinder {
  private final String name;
  private final LongAdder reconnects = new LongAdder();
  private final LongAdder cooldowns = new LongAdder();
  private final ReentrantLock lock = new ReentrantLock();
  private String epoch = "";
  private long changed = Long.MIN_VALUE;
  private volatile boolean up;
  private volatile boolean pairing;
  private volatile boolean stopped;

  LinkMeters(String name) {
    this.name = name;
  }

  void tell(Event event, LinkEvent data) {
    if (data instanceof LinkEvent.Connecting connecting && connecting.generation() > 1) {
      reconnects.increment();
    } else if (data instanceof LinkEvent.CoolingDown) {
      cooldowns.increment();
    }
    lock.lock();
    try {
      long millis = Times.millis(event.time());
      if (millis >= changed || event.id().epoch().equals(epoch)) {
        changed = millis;
        epoch = event.id().epoch();
        change(data);
      }
    } finally {
      lock.unlock();
    }
  }

  private void change(LinkEvent data) {
    if (data instanceof LinkEvent.Pairing now) {
      pairing = now.waits();
    } else if (data instanceof LinkEvent.Opened) {
      up = true;
      pairing = false;
      stopped = false;
    } else if (data instanceof LinkEvent.Closed) {
      up = false;
      pairing = false;
    } else if (data instanceof LinkEvent.Stopped) {
      up = false;
      pairing = false;
      stopped = true;
    } else if (data instanceof LinkEvent.Started || data instanceof LinkEvent.Connecting) {
      up = false;
      pairing = false;
      stopped = false;
    }
  }

  /** An incarnation is over: if the link was its own, it is not open any more. */
  void over(String incarnation) {
    lock.lock();
    try {
      if (epoch.equals(incarnation)) {
        up = false;
        pairing = false;
        changed = Long.MIN_VALUE; // the clock of the next one may have been set back
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    new Meters(registry, "link", name)
        .flag("link.up", "Whether the link is open", () -> up)
        .flag("link.pairing", "Whether the link waits for a person to pair it", () -> pairing)
        .flag("link.stopped", "Whether the link stays closed until somebody acts", () -> stopped)
        .counter("link.reconnects", "Connections after the first of an incarnation", reconnects)
        .counter("link.cooldowns", "Times that the link was left alone for a while", cooldowns);
  }
}
