package dev.reliability.container.engine;

import dev.reliability.container.ContainerLabels;
import dev.reliability.container.OutputSpec;
import dev.reliability.container.engine.Seen.Found;
import dev.reliability.container.engine.Seen.NoAnswer;
import dev.reliability.container.orphan.DeadIncarnations;
import dev.reliability.container.orphan.LedgerEntry;
import dev.reliability.container.orphan.Orphan;
import dev.reliability.container.orphan.OrphanSource;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.run.Worker;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Containers that dead incarnations left: who they are, and what becomes of them. */
final class EngineOrphans implements OrphanSource {
  private static final Logger log = LoggerFactory.getLogger(EngineRuntime.class);

  private final String owner;
  private final ReliabilityRuntime runtime;
  private final ContainerServices services;
  private final Fleet fleet;
  private final Runnable attached;
  private final OrphanCheck check;
  private final long graceNanos;
  private final long offerNanos;
  private final @Nullable Consumer<? super Adoption> host;

  /**
   * Those of one owner.
   *
   * @param attached called when one was added to the live ones
   * @param offerNanos how long a host has to start the worker that it is offered
   * @param host to whom they are offered; null if they cannot be adopted
   */
  EngineOrphans(
      String owner,
      ReliabilityRuntime runtime,
      ContainerServices services,
      Fleet fleet,
      Runnable attached,
      long graceNanos,
      long offerNanos,
      @Nullable Consumer<? super Adoption> host) {
    this.owner = owner;
    this.runtime = runtime;
    this.services = services;
    this.fleet = fleet;
    this.attached = attached;
    this.check = new OrphanCheck(owner, fleet);
    this.graceNanos = graceNanos;
    this.offerNanos = offerNanos;
    this.host = host;
  }

  @Override
  public String kind() {
    return services.engine().name();
  }

  private Strand strand(Strand.Kind kind) {
    return runtime.strand(kind, "orphans of " + kind());
  }

  // ---- finding ----

  /** What a dead incarnation wrote down. */
  private record Written(String incarnation, LedgerEntry entry) {
    String name() {
      return entry.intent().cookie();
    }

    Orphan orphan(String evidence) {
      return Orphan.of(entry, incarnation, name(), evidence);
    }
  }

  @Override
  public CompletionStage<List<Orphan>> find(DeadIncarnations dead) {
    DeadIncarnations.InHand inHand = dead.inHand(kind());
    Map<String, Written> written = new LinkedHashMap<>();
    dead.entries(kind())
        .forEach(
            (incarnation, entries) -> {
              for (LedgerEntry entry : entries) {
                Written one = new Written(incarnation, entry);
                if (isNobodys(one.name(), inHand)) {
                  written.put(one.name(), one); // the last one that had it, if it was adopted
                }
              }
            });
    // Whoever was to hand them to a container is dead, and they may be secret: whatever policy
    // says.
    if (!dead.isLook()) {
      written.keySet().forEach(name -> VariablesFile.leftOf(name).remove());
    }
    // Processes first: a start that comes to something meanwhile is seen by the one or the other.
    return services
        .processesOf(Set.copyOf(written.keySet()))
        .thenCompose(
            working ->
                services
                    .commands()
                    .list(Map.of(ContainerLabels.OWNER, owner))
                    .thenApplyAsync(
                        states -> whole(states, written, inHand, dead), strand(Strand.Kind.IO))
                    .thenCompose(found -> withHalf(found, written, working)));
  }

  private boolean isNobodys(String name, DeadIncarnations.InHand inHand) {
    return fleet.find(name) == null && !inHand.cookies().contains(name);
  }

  /** Those that the engine has; takes them out of what was written down. May block. */
  private List<Orphan> whole(
      List<EngineState> states,
      Map<String, Written> written,
      DeadIncarnations.InHand inHand,
      DeadIncarnations dead) {
    Map<String, Boolean> isDead = new HashMap<>();
    List<Orphan> found = new ArrayList<>();
    for (EngineState state : states) {
      if (isNobodys(state.name(), inHand)) {
        Written one = written.get(state.name());
        String incarnation = state.labels().get(ContainerLabels.INCARNATION);
        if (one != null && OrphanCheck.names(one.entry(), state)) {
          written.remove(one.name());
          found.add(one.orphan("written down under this name; the engine has " + inWords(state)));
        } else if (incarnation != null
            && inHand.unreadable().isEmpty() // one of them might name it
            && isDead.computeIfAbsent(incarnation, dead::isDead)) {
          found.add(labelled(state, incarnation));
        }
      }
    }
    if (!inHand.unreadable().isEmpty()) {
      log.warn(
          "Containers that no ledger names are left alone, since not all can be read: {}",
          inHand.unreadable());
    }
    return found;
  }

  private Orphan labelled(EngineState state, String incarnation) {
    return new Orphan(
        kind(),
        state.name(),
        incarnation,
        state.labels().getOrDefault(ContainerLabels.RUN, ""),
        state.labels().get(ContainerLabels.LANE),
        state.labels().get(ContainerLabels.ITEM),
        null,
        "its label names this incarnation, and no ledger it; the engine has " + inWords(state));
  }

  private static String inWords(EngineState state) {
    return "container " + state.id() + " (" + state.status() + ")";
  }

  /** And those of which there are only processes, or a name. */
  private CompletionStage<List<Orphan>> withHalf(
      List<Orphan> found, Map<String, Written> written, Map<String, List<String>> working) {
    if (written.isEmpty()) {
      return CompletableFuture.completedFuture(found);
    }
    return services
        .commands()
        .names()
        .thenApply(
            names -> {
              List<Orphan> all = new ArrayList<>(found);
              for (Written one : written.values()) {
                List<String> processes = working.getOrDefault(one.name(), List.of());
                boolean named =
                    EngineLedger.idOf(one.entry()) == null && names.contains(one.name());
                if (named || !processes.isEmpty()) {
                  all.add(
                      one.orphan(
                          "written down under this name; the engine has "
                              + (named ? "the name and " : "")
                              + "no such container of this owner; processes with this name: "
                              + processes));
                }
              }
              return all;
            });
  }

  // ---- stopping and adopting ----

  @Override
  public CompletionStage<StopReport> stop(Orphan orphan) {
    return new OrphanEnd(services, strand(Strand.Kind.CONTROL), check, orphan, graceNanos).run();
  }

  @Override
  public boolean canAdopt() {
    return host != null;
  }

  /** Ends when it is attached to. */
  @Override
  public CompletionStage<Void> adopt(Orphan orphan) {
    Consumer<? super Adoption> to = host;
    LedgerEntry entry = orphan.entry();
    if (to == null) {
      return OrphanSource.super.adopt(orphan);
    }
    if (entry == null) { // two could adopt it at the same time
      return CompletableFuture.failedFuture(
          new IllegalStateException(
              "container " + orphan.name() + ": no ledger names it, so it can only be stopped"));
    }
    String id = EngineLedger.idOf(entry);
    return services
        .commands()
        .inspect(id == null ? orphan.name() : id)
        .thenComposeAsync(
            seen -> {
              if (seen instanceof Found found) {
                return offer(orphan, check.ours(orphan, found.state()), to);
              }
              if (seen instanceof NoAnswer none) {
                throw new EngineException("container " + orphan.name() + ": " + none.why());
              }
              return clear(orphan);
            },
            strand(Strand.Kind.DELIVERY));
  }

  private CompletionStage<Void> offer(
      Orphan orphan, EngineState state, Consumer<? super Adoption> to) {
    CompletableFuture<Void> adopted = new CompletableFuture<>();
    AtomicBoolean over = new AtomicBoolean();
    try {
      to.accept(new Adoption(orphan, state, output -> worker(state, output, over, adopted)));
    } catch (RuntimeException | Error e) {
      over.set(true); // whoever refuses it does not come back to it
      throw e;
    }
    services
        .timers()
        .later(
            strand(Strand.Kind.CONTROL),
            offerNanos,
            () -> {
              if (over.compareAndSet(false, true)) {
                adopted.completeExceptionally(
                    new IllegalStateException(
                        "container " + state.name() + ": nobody attached to it in time"));
              }
            });
    return adopted;
  }

  /**
   * Attaches.
   *
   * @param over whether it was started before, or may not be started any more
   */
  private Worker worker(
      EngineState state, OutputSpec output, AtomicBoolean over, CompletableFuture<Void> adopted) {
    return (context, listener) -> {
      if (!over.compareAndSet(false, true)) {
        throw new IllegalStateException(
            "container " + state.name() + ": it is offered once, and for a while only");
      }
      EngineContainer container;
      try {
        container = fleet.attach(state, output, context, listener);
      } catch (RuntimeException e) {
        adopted.completeExceptionally(e);
        throw e;
      }
      attached.run();
      container
          .life()
          .gate()
          .told()
          .thenAccept(
              up -> {
                if (up) {
                  adopted.complete(null);
                } else {
                  adopted.completeExceptionally(
                      new IllegalStateException(
                          "container " + state.name() + ": it could not be attached to"));
                }
              });
      return container;
    };
  }

  /** There is nothing to attach to: what was cut off half made is only good to be cleared away. */
  private CompletionStage<Void> clear(Orphan orphan) {
    return stop(orphan)
        .thenCompose(
            report ->
                CompletableFuture.failedFuture(
                    new IllegalStateException(
                        "container "
                            + orphan.name()
                            + ": it was half made, and was cleared away instead; survivors: "
                            + report.survivors())));
  }
}
