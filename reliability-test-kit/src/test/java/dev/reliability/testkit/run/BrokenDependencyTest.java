package dev.reliability.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.check.Checks;
import dev.reliability.core.check.DependencyEscalation;
import dev.reliability.core.check.Preflight;
import dev.reliability.core.check.PreflightException;
import dev.reliability.core.event.DependencyEvent;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventData;
import dev.reliability.core.event.RunState;
import dev.reliability.core.retry.RetryPolicy;
import dev.reliability.core.run.RunOutcome;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.RunReport;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.Work;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.testkit.worker.FakeWorker;
import dev.reliability.testkit.worker.WorkerScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The templates that every job needs are missing, at the start and later: what took hours to be
 * noticed once, from end to end (requirement N8).
 */
class BrokenDependencyTest {
  private static final Duration PERIOD = Duration.ofSeconds(45);

  @TempDir Path templates;

  private final Simulation sim =
      Simulation.of(RunPolicy.builder().jobs().spawnRetry(RetryPolicy.ofDefaults()).build());
  private final List<String> woken = new ArrayList<>();
  private final Preflight preflight =
      Preflight.builder(sim.bus)
          .check("templates", context -> Checks.files(files()).check(context))
          .escalation(
              new DependencyEscalation(
                  new InMemoryStateStore(),
                  sim.bus,
                  (dependency, failures, why) ->
                      woken.add(sim.world.elapsed() + " " + dependency + ": " + why)))
          .build();

  private Map<String, Path> files() {
    Map<String, Path> files = new LinkedHashMap<>();
    for (String name : List.of("code", "docs", "quality")) {
      files.put(name, templates.resolve(name));
    }
    return files;
  }

  private void writeAll() throws IOException {
    for (Path file : files().values()) {
      Files.writeString(file, "{{ prompt }}");
    }
  }

  private boolean complete() {
    return files().values().stream().allMatch(Files::exists);
  }

  /** A start that needs the templates, and a job that hangs once it is up. */
  private FakeWorker worker() {
    return FakeWorker.choosing(
        sim.world,
        context ->
            complete()
                ? WorkerScript.idle()
                : WorkerScript.idle()
                    .with(
                        new WorkerScript.Fails(
                            Duration.ofSeconds(2),
                            new SpawnFailure(SpawnFailure.Kind.ENGINE_ERROR, "no template"))));
  }

  private CompletableFuture<RunOutcome> submit(String item, FakeWorker worker) {
    return sim.supervisor.run(Work.of("jobs", item), worker);
  }

  private RunReport ended(CompletableFuture<RunOutcome> run) {
    assertThat(run).isDone();
    return run.join().ended().orElseThrow();
  }

  private <T extends EventData> Event first(Class<T> type) {
    return sim.events.stream().filter(e -> type.isInstance(e.data())).findFirst().orElseThrow();
  }

  @Test
  void fromTheRefusedStartToTheCall() throws IOException {
    // the start: refused at once, with every file that is missing
    Files.writeString(templates.resolve("code"), "{{ prompt }}");
    Files.writeString(templates.resolve("docs"), "");
    assertThatThrownBy(preflight::requireAll)
        .isInstanceOf(PreflightException.class)
        .hasMessage(
            "1 of 1 checks failed:\nFAIL templates: docs ("
                + templates
                + "/docs) is empty; quality ("
                + templates
                + "/quality) is not there");
    assertThat(sim.world.elapsed()).isLessThanOrEqualTo(Duration.ofSeconds(2));

    // all is there: it starts, and a job that hangs is under way
    writeAll();
    preflight.requireAll();
    preflight.start(PERIOD);
    FakeWorker hanging = worker();
    CompletableFuture<RunOutcome> hangs = submit("hangs", hanging);
    sim.world.advance(Duration.ofMinutes(30));
    assertThat(hangs).isNotDone();

    // the templates break while it runs
    int before = sim.events.size();
    Duration broken = sim.world.elapsed();
    Files.delete(templates.resolve("quality"));
    CompletableFuture<RunOutcome> stuck = submit("stuck", worker());
    FakeWorker silentStart = sim.worker(WorkerScript.idle().with(new WorkerScript.Never()));
    CompletableFuture<RunOutcome> silent = submit("silent", silentStart);

    // told within five minutes: the check within a minute, and somebody is woken, once
    sim.world.advance(Duration.ofMinutes(1));
    assertThat(sim.events.subList(before, sim.events.size()))
        .extracting(Event::data)
        .anyMatch(DependencyEvent.CheckFailed.class::isInstance);
    sim.world.advance(Duration.ofMinutes(4));
    assertThat(woken)
        .singleElement()
        .asString()
        .endsWith("templates: quality (" + templates + "/quality) is not there");
    assertThat(sim.elapsedAt(first(DependencyEvent.Critical.class)).minus(broken))
        .isLessThan(Duration.ofMinutes(5));

    // what cannot start fails within ten minutes and is tried no more
    sim.world.advance(Duration.ofMinutes(5).plusSeconds(30));
    RunReport failed = ended(stuck);
    assertThat(failed.state()).isEqualTo(RunState.FAILED);
    assertThat(failed.reason()).isEqualTo(EndReason.SPAWN_FAILED);
    assertThat(failed.end().detail()).contains("no template");
    assertThat(ended(silent).reason()).isEqualTo(EndReason.START_DEADLINE);
    assertThat(silentStart.alive()).isZero();

    // the job that hangs is killed after an hour
    sim.world.advance(Duration.ofMinutes(30));
    assertThat(ended(hangs).reason()).isEqualTo(EndReason.RUN_DEADLINE);
    assertThat(ended(hangs).end().running())
        .isBetween(Duration.ofHours(1), Duration.ofHours(1).plusSeconds(30));
    assertThat(hanging.alive()).isZero();

    // and when all is there again, that is told too
    assertThat(woken).hasSize(1);
    writeAll();
    sim.world.advance(PERIOD.plusSeconds(5));
    assertThat(sim.all(DependencyEvent.CheckRecovered.class)).hasSize(2);
    assertThat(sim.all(DependencyEvent.Recovered.class)).hasSize(1);
    assertThat(preflight.last().orElseThrow().passed()).isTrue();
  }
}
