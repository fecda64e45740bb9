package dev.reliability.ops.cli;

import dev.reliability.container.orphan.LedgerDirectory;
import dev.reliability.container.orphan.LedgerEntry;
import dev.reliability.container.orphan.LedgerView;
import dev.reliability.container.orphan.Orphan;
import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.core.reconcile.HandleSource;
import dev.reliability.core.reconcile.LiveHandle;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.runtime.ReliabilityRuntime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What is known from here of the incarnations that started workers: which live, which are dead, and
 * what the dead ones left that is still there. It looks and changes nothing; what cannot be known
 * from here counts as still there.
 *
 * <p>Of processes it is seen whether they live. Engines are not asked, so everything that a ledger
 * says of containers, and not that it is gone, counts as there. Thread-safe.
 */
final class Incarnations implements HandleSource, AutoCloseable {
  private static final String PROCESS = "process";

  private final @Nullable LedgerDirectory ledgers;
  private final @Nullable ProcessRuntime processes;
  private final Set<String> remarks = new LinkedHashSet<>();
  private volatile @Nullable LedgerView view;

  private Incarnations(@Nullable LedgerDirectory ledgers, @Nullable ProcessRuntime processes) {
    this.ledgers = ledgers;
    this.processes = processes;
  }

  /** Of the ledgers in a directory, if it is one; else nothing is known. */
  static Incarnations of(Path directory, ReliabilityRuntime runtime) {
    return Files.isDirectory(directory)
        ? new Incarnations(LedgerDirectory.at(directory), ProcessRuntime.system(runtime))
        : new Incarnations(null, null);
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
    List<LiveHandle> unasked = new ArrayList<>();
    for (String kind : now.kinds()) {
      if (!kind.equals(PROCESS)) {
        now.entries(kind).forEach((owner, all) -> unasked.addAll(handles(owner, all)));
        remark(kind + " is not asked from here: what was started there counts as still there");
      }
    }
    now.unreadable().forEach(this::remark);
    return processes
        .orphans()
        .find(now)
        .thenApply(
            orphans -> {
              List<LiveHandle> handles = new ArrayList<>(unasked);
              for (Orphan one : orphans) {
                handles.add(new LiveHandle(one.name(), one.run(), one.incarnation()));
              }
              return handles;
            });
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
    if (processes != null) {
      processes.close();
    }
  }
}
