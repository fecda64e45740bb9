package dev.reliability.container.process;

import dev.reliability.container.ContainerHandle;
import dev.reliability.container.ContainerIdentity;
import dev.reliability.container.InputResult;
import dev.reliability.container.Transcript;
import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.SpawnFailure.Kind;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.run.WorkerListener;
import dev.reliability.core.runtime.Randomness;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process from the wish to start it to its end. Two threads belong to it: the first starts it
 * and then reads its standard output, the second reads its standard error; each then waits for the
 * exit, which is told by whoever learns of it first.
 */
final class LiveProcess implements ContainerHandle {
  private static final Logger log = LoggerFactory.getLogger(LiveProcess.class);
  private static final StopReport INPUT_CLOSED = new StopReport("child", List.of(), 0);
  private static final int SIGNALLED = 128;
  private static final int LARGEST_SIGNAL = 31;
  private static final long COMPLAINT_NANOS = TimeUnit.SECONDS.toNanos(1);

  /**
   * What a process needs of its runtime.
   *
   * @param randomness where nonces come from
   * @param forget called when there is nothing left to stop
   */
  record Services(
      Bookkeeper books,
      Launcher launcher,
      Backstage backstage,
      Stopper stopper,
      Sweeper sweeper,
      Randomness randomness,
      Consumer<LiveProcess> forget) {}

  private final Services services;
  private final ProcessSpec spec;
  private final RunContext context;
  private final String name;
  private final Map<String, String> labels;
  private final Announcer announcer;
  private final ChildInput input;
  private final ChildOutput output;
  private final AtomicBoolean exitSeen = new AtomicBoolean();
  // What the wrapper complained of, empty for nothing; known with the first bytes (or the end) of
  // standard error.
  private final CompletableFuture<String> wrapperComplaint = new CompletableFuture<>();
  private final CompletableFuture<@Nullable Child> started = new CompletableFuture<>(); // or null
  private volatile boolean stopWanted;
  private volatile Bookkeeper.Page page;

  LiveProcess(
      Services services,
      ProcessSpec spec,
      Map<String, String> labels,
      RunContext context,
      WorkerListener listener) {
    this.services = services;
    this.labels = labels;
    this.spec = spec;
    this.context = context;
    this.name = nameOf(context);
    this.page = services.books().none();
    this.announcer = new Announcer(listener);
    this.input = new ChildInput(name, spec.maxQueuedInput());
    this.output = new ChildOutput(context.run(), spec.output(), announcer);
  }

  static String nameOf(RunContext context) {
    return context.run() + "-" + context.attempt();
  }

  // --- the life of the process -------------------------------------------------------------

  /** Begins to start it, on a thread of its own. */
  void begin() {
    try {
      Threads.daemon("reliability-out-" + name, this::live).start();
    } catch (OutOfMemoryError e) {
      refuse(SpawnErrors.classify(e, "a thread to read output"));
    }
  }

  /** It is not started, and why. */
  void refuse(SpawnFailure failure) {
    input.abandon();
    started.complete(null);
    announcer.failed(failure);
    services.forget().accept(this);
  }

  private void live() {
    Nonce nonce = spec.output().isNonced() ? Nonce.of(services.randomness(), context) : null;
    Child child;
    try {
      // Before the process: a thread that cannot be made then leaves nothing behind.
      Threads.daemon("reliability-err-" + name, this::readErrors).start();
      Cookie cookie = new Cookie(context.run());
      page = services.books().intend(context, cookie);
      spec.beforeStart().run();
      if (stopWanted) {
        throw new SpawnRefused(Kind.OTHER, "it was stopped before it was started");
      }
      child = services.launcher().launch(name, spec, cookie, nonce);
    } catch (SpawnRefused e) {
      gone();
      refuse(e.failure());
      return;
    } catch (RuntimeException | Error e) {
      gone();
      refuse(SpawnErrors.classify(e, "command: " + spec.command().get(0)));
      return;
    }
    try {
      page.became(child.fence());
      input.prime(spec.initialInput());
      if (spec.inputClosedAtStart()) {
        input.close();
      }
      input.connect(child.process().getOutputStream());
      started.complete(child);
      child.process().onExit().thenRun(this::noticeExit);
      watch(child).begin();
    } finally {
      read(
          child,
          () ->
              output.readOut(
                  child.process().getInputStream(),
                  nonce,
                  (buffer, from, count) -> firstOutput(child, count)));
    }
  }

  private void readErrors() {
    Child child = started.join();
    if (child != null) {
      read(child, () -> output.readErr(child.process().getErrorStream(), new FirstErrors(child)));
    }
  }

  private void read(Child child, Runnable reading) {
    try {
      reading.run();
    } catch (RuntimeException | Error e) {
      log.error("Output of {} cannot be read any more; killing it", name, e);
      services.stopper().killAll(child.fence());
    }
    forgetIfOver();
    while (true) {
      try {
        exited(child, child.process().waitFor());
        return;
      } catch (InterruptedException e) {
        log.debug("Ignored an interrupt, which the host's code must have caused", e);
      }
    }
  }

  /** The wrapper never puts anything on standard output, so output is the program's. */
  private void firstOutput(Child child, int count) {
    if (count > 0) {
      announcer.up(child.name());
      awaitUp();
    }
  }

  /** Tells what the wrapper complains of from what the program puts out. */
  private final class FirstErrors implements Pump.FirstRead {
    private final Child child;

    FirstErrors(Child child) {
      this.child = child;
    }

    private boolean complained(byte[] buffer, int from, int count) {
      return !watch(child).check() && child.enclosure().complains(buffer, from, count);
    }

    /** A complaint comes in pieces, and its end is what says why. */
    @Override
    public boolean wantsMore(byte[] buffer, int from, int count) {
      return buffer[from + count - 1] != '\n'
          && child.enclosure().mayComplain(buffer, from, count)
          && !watch(child).check();
    }

    @Override
    public void came(byte[] buffer, int from, int count) {
      boolean complained = complained(buffer, from, count);
      wrapperComplaint.complete(
          complained ? new String(buffer, from, count, StandardCharsets.UTF_8) : "");
      if (count > 0) {
        if (!complained) {
          announcer.up(child.name());
        }
        awaitUp();
      }
    }
  }

  private void awaitUp() {
    if (!announcer.awaitUp()) {
      announcer.mute();
    }
  }

  private ExecWatch watch(Child child) {
    return new ExecWatch(services.backstage(), child, announcer);
  }

  private void exited(Child child, int code) {
    if (!exitSeen.compareAndSet(false, true)) {
      return;
    }
    input.abandon();
    if (announcer.isOpen()) {
      decideStart(child, code);
    }
    announcer.exited(
        code > SIGNALLED && code <= SIGNALLED + LARGEST_SIGNAL
            ? new ExitStatus.Signal(code - SIGNALLED)
            : new ExitStatus.Code(code));
    services.sweeper().exited(this, child.fence());
    forgetIfOver();
  }

  /** It was over before anybody saw it run: it did run, unless it was the wrapper that gave up. */
  private void decideStart(Child child, int code) {
    if (!child.enclosure().isWrapped() || (code != 1 && code != 126 && code != 127)) {
      announcer.up(child.name());
      return;
    }
    services.backstage().later(COMPLAINT_NANOS, () -> wrapperComplaint.complete(""));
    wrapperComplaint.thenAccept(
        complaint -> {
          if (complaint.isEmpty()) {
            announcer.up(child.name());
          } else {
            announcer.failed(
                SpawnErrors.ofWrapper(code, complaint, "command: " + spec.command().get(0)));
          }
        });
  }

  private void forgetIfOver() {
    if (exitSeen.get() && output.isOver()) {
      services.forget().accept(this);
    }
  }

  // --- for those who stop it ---------------------------------------------------------------

  /** Nothing of it is left, as far as can be seen. */
  void gone() {
    page.gone();
    Child child = child();
    if (child != null) {
      services.sweeper().remove(child.fence());
    }
  }

  /** It ended, and these got away; the ledger keeps its line, so that a reaper finds them. */
  void leftBehind(List<ProcStat> escaped) {
    announcer.leftBehind(escaped.stream().map(ProcStat::describe).toList());
  }

  /** Looks whether it has ended, in case nobody has been told yet. */
  void noticeExit() {
    Child child = started.getNow(null);
    if (child != null && !child.process().isAlive()) {
      exited(child, child.process().exitValue());
    }
  }

  /** Ends when both streams were read to their ends. */
  CompletableFuture<Void> outputEnded() {
    return output.ended();
  }

  /**
   * Gives up output that is still open: nothing more is told of it. Returns how many pipes that
   * are.
   */
  int abandonOutput() {
    int open = output.abandon();
    forgetIfOver();
    return open;
  }

  /** The process, or null while (or because) there is none. */
  @Nullable Child child() {
    return started.getNow(null);
  }

  /** Makes sure that it is not started any more if it was not yet. */
  void forbidStart() {
    stopWanted = true;
  }

  /** Whether it is neither started nor refused yet. */
  boolean isStarting() {
    return !started.isDone();
  }

  // --- the handle --------------------------------------------------------------------------

  @Override
  public String name() {
    return name;
  }

  @Override
  public String run() {
    return context.run();
  }

  @Override
  public Map<String, String> labels() {
    return labels;
  }

  @Override
  public Optional<ContainerIdentity> identity() {
    Child child = child();
    return child == null ? Optional.empty() : child.fence().identity();
  }

  @Override
  public InputResult send(byte[] bytes) {
    return input.send(bytes);
  }

  @Override
  public Transcript transcript() {
    return output.transcript();
  }

  @Override
  public CompletionStage<StopReport> closeInput() {
    return input.close().thenApply(done -> INPUT_CLOSED);
  }

  @Override
  public CompletionStage<StopReport> terminate() {
    forbidStart();
    return started.thenCompose(
        child ->
            child == null
                ? CompletableFuture.completedFuture(StopReport.CLEAN)
                : services.stopper().terminate(child));
  }

  @Override
  public CompletionStage<StopReport> kill() {
    forbidStart();
    return started.thenCompose(
        child ->
            child == null
                ? CompletableFuture.completedFuture(StopReport.CLEAN)
                : services.stopper().kill(this, child));
  }

  @Override
  public boolean isAlive() {
    Child child = child();
    if (child == null || !child.process().isAlive()) {
      return false;
    }
    ProcStat now = child.fence().child();
    return now != null && !now.isDead();
  }

  @Override
  public String toString() {
    Child child = child();
    return "process of run " + name + (child == null ? "" : " (" + child.name() + ")");
  }
}
