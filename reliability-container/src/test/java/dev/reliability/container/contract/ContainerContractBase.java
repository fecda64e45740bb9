package dev.reliability.container.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.reliability.container.ContainerHandle;
import dev.reliability.container.ContainerInfo;
import dev.reliability.container.ContainerLabels;
import dev.reliability.container.ContainerRuntime;
import dev.reliability.container.ContainerSpec;
import dev.reliability.container.InputResult;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.Work;
import dev.reliability.testkit.worker.Behaviour;
import dev.reliability.testkit.worker.RecordingListener;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * What a subclass of {@link ContainerRuntimeContract} says, and what its tests share.
 *
 * @param <S> what the runtime can start
 */
public abstract class ContainerContractBase<S extends ContainerSpec> {
  private int number;

  /** Only for the contract itself. */
  ContainerContractBase() {}

  /** The runtime under test, the same for the whole of a test. It belongs to {@link #owner}. */
  protected abstract ContainerRuntime<S> containers();

  /** The owner of the runtime under test. */
  protected abstract String owner();

  /** Something that plays {@code behaviour} and has these labels of its own. */
  protected abstract S spec(Behaviour behaviour, Map<String, String> labels);

  /**
   * Something that puts out each line it reads, each being a valid marker, and ends with exit code
   * 0 when its input does.
   */
  protected abstract S echo();

  /**
   * Lets time go by until {@code condition} holds, and fails, naming {@code what}, if it does not
   * for a long while.
   */
  protected abstract void until(String what, BooleanSupplier condition);

  /** Something to tell the runs of this test from those of others; empty by default. */
  protected String prefix() {
    return "";
  }

  // ---- helpers ----

  final List<ContainerInfo> list(Map<String, String> labels) {
    return done(containers().list(labels));
  }

  static Set<String> names(List<ContainerInfo> infos) {
    Set<String> names = new TreeSet<>();
    infos.forEach(info -> names.add(info.name()));
    assertEquals(infos.size(), names.size(), "nothing is listed twice");
    return names;
  }

  static ContainerInfo only(List<ContainerInfo> infos) {
    assertEquals(1, infos.size(), infos::toString);
    return infos.get(0);
  }

  final <T> T done(CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    until("the step is taken", future::isDone);
    return future.join();
  }

  final Started start(S spec) {
    String run = prefix() + "contract-" + ++number;
    Work work = Work.of("contract lane", "item " + number);
    RunContext context = new RunContext(run, 1, work, "incarnation-1", Duration.ofMinutes(1));
    return new Started(spec, context);
  }

  final Started start(S spec, RunContext like, int attempt) {
    return new Started(
        spec, new RunContext(like.run(), attempt, like.work(), like.owner(), like.startDeadline()));
  }

  /** One start and what was heard of it. */
  final class Started {
    final RecordingListener heard = new RecordingListener();
    final RunContext context;
    final ContainerHandle handle;

    private Started(S spec, RunContext context) {
      this.context = context;
      handle = containers().spawn(spec, context, heard);
      assertNotNull(handle, "a handle");
    }

    final List<ContainerInfo> listedByRun() {
      return list(Map.of(ContainerLabels.RUN, context.run()));
    }

    void untilNotListed() {
      AtomicReference<CompletableFuture<List<ContainerInfo>>> look = new AtomicReference<>(look());
      until(
          "it is not listed any more",
          () -> {
            if (look.get().isDone() && !look.get().join().isEmpty()) {
              look.set(look());
            }
            return look.get().isDone() && look.get().join().isEmpty();
          });
    }

    private CompletableFuture<List<ContainerInfo>> look() {
      return containers().list(Map.of(ContainerLabels.RUN, context.run())).toCompletableFuture();
    }

    InputResult send(String text) {
      return handle.send(text.getBytes(StandardCharsets.UTF_8));
    }

    void untilUp() {
      until("it is up", () -> heard.workerName() != null);
    }

    void untilOver() {
      until("it is over", () -> heard.exit() != null && heard.isEof());
      assertNoComplaint();
    }

    void assertNoComplaint() {
      assertEquals(List.of(), heard.complaints());
    }

    void end() {
      done(handle.kill());
      until("it is told what became of it", () -> heard.exit() != null || heard.failure() != null);
      assertNoComplaint();
    }
  }
}
