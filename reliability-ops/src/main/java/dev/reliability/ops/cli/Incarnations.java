package dev.reliability.ops.cli;

import dev.reliability.container.engine.Engine;
import dev.reliability.container.engine.EngineRuntime;
import dev.reliability.container.orphan.LedgerDirectory;
import dev.reliability.container.orphan.LedgerEntry;
import dev.reliability.container.orphan.LedgerException;
import dev.reliability.container.orphan.LedgerView;
import dev.reliability.container.orphan.Orphan;
import dev.reliability.container.orphan.OrphanSource;
import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.core.reconcile.HandleSource;
import dev.reliability.core.reconcile.LiveHandle;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.ops.setup.Installation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is known from here of the incarnations that started workers: which live, which are dead, and
 * what the dead ones left that is still there. It looks and changes nothing; what cannot be known
 * from here counts as still there.
 *
 * <p>Of processes it is seen whether they live, and engines that are declared are asked. What a
 * ledger says of containers of others, and not that they are gone, counts as there. Thread-safe.
 */
final class Incarnations implements HandleSource, AutoCloseable {
  private final @Nullable LedgerDirectory ledgers;
  private final @Nullable ProcessRuntime processes;
  private final List<EngineRuntime> engines;
  private final Set<String> remarks = new LinkedHashSet<>();
  private volatile @Nullable LedgerView view;

  private Incarnations(
      @Nullable LedgerDirectory ledgers,
      @Nullable ProcessRuntime processes,
      List<EngineRuntime> engines) {
    this.ledgers = ledgers;
    this.processes = processes;
    this.engines = List.copyOf(engines);
  }

  /** Of the ledgers of an installation, if it has some; else nothing is known. */
  static Incarnations of(Installation installation, ReliabilityRuntime runtime) {
    Path directory = installation.ledger();
    if (!Files.isDirectory(directory)) {
      return new Incarnations(null, null, List.of());
    }
    List<EngineRuntime> engines = new ArrayList<>();
    for (Installation.Containers one : installation.engines()) {
      engines.add(EngineRuntime.builder(runtime, engine(one), one.owner()).build());
    }
    return new Incarnations(LedgerDirectory.at(directory), ProcessRuntime.system(runtime), engines);
  }

  /** Those that the ledgers of an installation know to be dead; of others nobody knows. */
  static Set<String> deadAmong(Set<String> incarnations, Installation installation) {
    if (incarnations.isEmpty() || !Files.isDirectory(installation.ledger())) {
      return Set.of();
    }
    try {
      LedgerDirectory ledgers = LedgerDirectory.at(installation.ledger());
      return incarnations.stream().filter(ledgers::isDead).collect(Collectors.toSet());
    } catch (LedgerException cannotBeLookedAt) {
      return Set.of();
    }
  }

  private static Engine engine(Installation.Containers one) {
    Engine engine =
        switch (one.engine()) {
          case "docker" -> Engine.docker();
          case "nerdctl" -> Engine.nerdctl();
          default -> Engine.podman();
        };
    return one.program().isEmpty()
        ? engine
        : engine.withProgram(one.program().toArray(String[]::new));
  }

  /** Whether there are ledgers at all. */
  boolean hasLedgers() {
    return ledgers != null;
  }

  /** Whether one is known to have been dead when the workers were listed. */
  boolean isDead(String incarnation) {
    LedgerView listed = view;
    return listed != null && listed.isDead(incarnation);
  }

  /** Whether one is known to live. */
  boolean lives(String incarnation) {
    return ledgers != null && ledgers.lives(incarnation);
  }

  /** What could not be looked at, in words; complete once the workers were listed. */
  synchronized List<String> remarks() {
    return List.copyOf(remarks);
  }

  @Override
  public CompletionStage<List<LiveHandle>> list() {
    if (ledgers == null || processes == null) {
      return CompletableFuture.completedFuture(List.of());
    }
    LedgerView now = ledgers.look();
    view = now;
    List<OrphanSource> sources = new ArrayList<>(List.of(processes.orphans()));
    engines.forEach(engine -> sources.add(engine.orphans()));
    Set<String> asked = sources.stream().map(OrphanSource::kind).collect(Collectors.toSet());
    List<LiveHandle> handles = Collections.synchronizedList(new ArrayList<>());
    for (String kind : now.kinds()) {
      if (!asked.contains(kind)) {
        now.entries(kind).forEach((owner, all) -> handles.addAll(handles(owner, all)));
        remark(kind + " is not declared (engines): what was started there counts as still there");
      }
    }
    now.unreadable().forEach(this::remark);
    CompletableFuture<?>[] finds =
        sources.stream()
            .map(
                source ->
                    source
                        .find(now)
                        .thenAccept(found -> found.forEach(one -> handles.add(handle(one))))
                        .toCompletableFuture())
            .toArray(CompletableFuture[]::new);
    return CompletableFuture.allOf(finds).thenApply(all -> List.copyOf(handles));
  }

  private static LiveHandle handle(Orphan one) {
    return new LiveHandle(one.name(), one.run(), one.incarnation());
  }

  private static List<LiveHandle> handles(String owner, List<LedgerEntry> entries) {
    return entries.stream()
        .map(
            one ->
                new LiveHandle(
                    one.intent().kind() + " " + one.intent().cookie(), one.intent().run(), owner))
        .toList();
  }

  private synchronized void remark(String words) {
    remarks.add(words);
  }

  @Override
  public CompletionStage<StopReport> kill(LiveHandle handle) {
    return CompletableFuture.failedFuture(
        new UnsupportedOperationException("workers are not ended from here: " + handle.name()));
  }

  @Override
  public void close() {
    engines.forEach(EngineRuntime::close);
    if (processes != null) {
      processes.close();
    }
  }
}
