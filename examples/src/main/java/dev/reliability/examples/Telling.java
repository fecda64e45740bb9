package dev.reliability.examples;

import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.core.run.Job;
import dev.reliability.core.run.RunHandle;
import dev.reliability.core.run.RunReport;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.core.runtime.Periodic;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.ItemView;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.StateStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One telling of the story: its chapters are items of a queue that any number of processes take
 * from, and each is done once. Whoever comes while a telling is under way, or after one that was
 * cut short, goes on with it; whoever comes after its end begins the next.
 */
final class Telling {
  private static final String DOCUMENT = "story";
  private static final String NUMBER = "telling";
  private static final Duration LOOK_EVERY = Duration.ofMillis(300);

  /** Within half a minute, if one lane's are refused each time. */
  private static final int MOST_FAILURES = 100;

  private final ReliabilityRuntime runtime;
  private final RunSupervisor supervisor;
  private final ProcessRuntime processes;
  private final Stores stores;
  private final List<Story.Chapter> chapters = Story.chapters();
  private final List<RunHandle> runs = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private final AtomicInteger failures = new AtomicInteger();
  private final int number;

  Telling(
      ReliabilityRuntime runtime,
      RunSupervisor supervisor,
      ProcessRuntime processes,
      Stores stores) {
    this.runtime = runtime;
    this.supervisor = supervisor;
    this.processes = processes;
    this.stores = stores;
    number = join();
    for (Story.Chapter chapter : chapters) {
      stores.leases().enqueue(key(number, chapter), chapter.item());
    }
  }

  /** Which telling this is, from 1. */
  int number() {
    return number;
  }

  /**
   * Works until every chapter is done, by this process or another, or until it is to stop.
   *
   * @return what this process did, in the order of the chapters
   */
  List<RunReport> tell(CompletableFuture<Void> stop) {
    Strand strand = runtime.strand(Strand.Kind.DELIVERY, "queue of the story");
    strand.execute(this::look);
    try (Periodic looking = Periodic.start(runtime, strand, LOOK_EVERY, this::look)) {
      CompletableFuture.anyOf(over, stop).exceptionally(failed -> null).join();
    }
    List<RunReport> reports = new ArrayList<>();
    for (Story.Chapter chapter : chapters) {
      for (RunHandle run : runs) {
        Optional<RunReport> report = run.outcome().join().ended();
        if (report.isPresent() && report.get().work().item().equals(key(number, chapter).item())) {
          reports.add(report.get());
        }
      }
    }
    return reports;
  }

  /** The chapter that a run was about. */
  Story.Chapter chapter(RunReport report) {
    return chapters.stream()
        .filter(chapter -> key(number, chapter).item().equals(report.work().item()))
        .findFirst()
        .orElseThrow();
  }

  /** Why it cannot go on, in words; null unless the store failed for too long. */
  @Nullable String failure() {
    return over.handle((done, failed) -> failed == null ? null : failed.getMessage()).getNow(null);
  }

  /** How many chapters are done, whoever did them. */
  int done() {
    return (int) chapters.stream().filter(chapter -> isDone(number, chapter)).count();
  }

  int chapters() {
    return chapters.size();
  }

  private int join() {
    while (true) {
      Optional<StateStore.Doc> doc = stores.states().read(DOCUMENT);
      int last = doc.map(d -> Integer.parseInt(d.values().getOrDefault(NUMBER, "0"))).orElse(0);
      if (last > 0 && !chapters.stream().allMatch(chapter -> isDone(last, chapter))) {
        return last;
      }
      long version = doc.map(StateStore.Doc::version).orElse(StateStore.NEW);
      if (stores.states().write(DOCUMENT, version, Map.of(NUMBER, Integer.toString(last + 1)))) {
        return last + 1;
      }
    }
  }

  /** Takes on what nobody works on, and sees whether there is anything left to do. */
  private void look() {
    chapters.stream()
        .map(Story.Chapter::lane)
        .distinct()
        .forEach(
            lane ->
                supervisor.runQueued(lane, chapters.size(), this::job).whenComplete(this::taken));
    if (done() == chapters.size() && supervisor.live().isEmpty()) {
      over.complete(null);
    }
  }

  /** A store that hands out nothing for so long ends the telling. */
  private void taken(@Nullable List<RunHandle> more, @Nullable Throwable failure) {
    if (failure == null && more != null) {
      runs.addAll(more);
      if (!more.isEmpty()) {
        failures.set(0);
      }
    } else if (failures.incrementAndGet() == MOST_FAILURES) {
      over.completeExceptionally(
          new UncheckedIOException(
              "the store hands out no work any more",
              new IOException(String.valueOf(failure), failure)));
    }
  }

  private Job job(Lease lease) {
    Story.Chapter chapter =
        chapters.stream()
            .filter(one -> one.item().equals(lease.payload()))
            .findFirst()
            .orElseThrow();
    return new Job(
        Work.of(lease.key().lane(), lease.key().item()), processes.worker(chapter.spec()));
  }

  private boolean isDone(int telling, Story.Chapter chapter) {
    return stores.leases().find(key(telling, chapter)).map(ItemView::state).orElse(null)
        == ItemView.State.DONE;
  }

  private static ItemKey key(int telling, Story.Chapter chapter) {
    return new ItemKey(
        chapter.lane(), telling == 1 ? chapter.item() : chapter.item() + "-" + telling);
  }
}
