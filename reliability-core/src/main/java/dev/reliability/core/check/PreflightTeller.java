package dev.reliability.core.check;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.runtime.Strand;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows reports to the host and to the escalation, each on a strand of its own, where one that
 * hangs delays no preflight. Only the newest report waits for one that is busy.
 */
final class PreflightTeller {
  private static final Logger log = LoggerFactory.getLogger(Preflight.class);

  private final List<Post> posts = new ArrayList<>();

  PreflightTeller(
      EventBus bus,
      List<Consumer<? super PreflightReport>> listeners,
      @Nullable DependencyEscalation escalation) {
    for (Consumer<? super PreflightReport> listener : listeners) {
      posts.add(
          new Post(
              bus.runtime().strand(Strand.Kind.DELIVERY, "preflight listener"),
              listener,
              "a listener of the preflight threw"));
    }
    if (escalation != null) {
      posts.add(
          new Post(
              bus.runtime().strand(Strand.Kind.IO, "preflight escalation"),
              report -> record(escalation, report),
              "what a preflight found could not be recorded for the escalation"));
    }
  }

  void tell(PreflightReport report) {
    posts.forEach(post -> post.send(report));
  }

  private static void record(DependencyEscalation escalation, PreflightReport report) {
    RuntimeException failure = null;
    for (PreflightReport.CheckReport check : report.checks()) {
      try {
        escalation.record(check.name(), report.id(), check.passed(), check.why());
      } catch (RuntimeException e) {
        failure = e; // of one dependency: the others are recorded all the same
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** One receiver. */
  private record Post(
      Strand strand,
      Consumer<? super PreflightReport> receiver,
      String complaint,
      AtomicReference<@Nullable PreflightReport> waiting) {

    Post(Strand strand, Consumer<? super PreflightReport> receiver, String complaint) {
      this(strand, receiver, complaint, new AtomicReference<>());
    }

    void send(PreflightReport report) {
      if (waiting.getAndSet(report) == null) {
        strand.execute(this::receive);
      }
    }

    private void receive() {
      PreflightReport newest = waiting.getAndSet(null);
      if (newest == null) {
        return;
      }
      try {
        receiver.accept(newest);
      } catch (Throwable e) {
        log.warn("{}", complaint, e);
      }
    }
  }
}
