package dev.reliability.container.process;

import dev.reliability.container.ContainerHandle;
import dev.reliability.container.ContainerInfo;
import dev.reliability.container.ContainerLabels;
import dev.reliability.container.ContainerRuntime;
import dev.reliability.container.orphan.Ledger;
import dev.reliability.container.orphan.OrphanReaper;
import dev.reliability.container.orphan.OrphanSource;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.SpawnFailure.Kind;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.run.WorkerListener;
import dev.reliability.core.runtime.Durations;
import dev.reliability.core.runtime.Pause;
import dev.reliability.core.runtime.ReliabilityRuntime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Runs workers as processes of this machine.
 *
 * <p>Each process gets a session of its own where the system has {@code setsid} and {@code /proc}
 * (Linux): a kill then reaches whatever it started, also what its parents left behind, and {@link
 * StopReport#guarantee} is {@code group}. Elsewhere it reaches the descendants that can be seen,
 * and the guarantee is {@code tree}. What puts itself into another session, with its parents gone,
 * survives; it is named, among the survivors of a kill or in {@code run.left_behind}, if it still
 * carries the variable {@code RELIABILITY_RUN}, which every process is given with the run's id. A
 * process that ends by itself has what is left in its session killed at once. A stronger {@link
 * ProcessFence} leaves nobody out, where the machine has it.
 *
 * <p>Exit and end of output are two events. The exit code is what the JDK tells: 129 to 159 are
 * told as the signals 1 to 31, since nobody can tell a process that a signal ended from one that
 * exits with such a code.
 *
 * <p>Two daemon threads read a process's output, in pieces of 8 KiB at most; a third exists while
 * input is written. All children are stopped by {@link #close}, and by a shutdown hook when the JVM
 * ends: end of input and SIGTERM, SIGKILL after two seconds, five seconds at most. Nothing runs
 * when the JVM itself is killed; its children then see the end of their input, and those that do
 * not care are found by the next JVM if they were written down in a {@linkplain Builder#ledger
 * ledger}.
 *
 * <p>Thread-safe.
 */
public final class ProcessRuntime implements ContainerRuntime<ProcessSpec> {
  private static final long NOTICE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long SWEEP_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int MOST_SWEEP_PAUSES = 1_000;

  private final String owner;
  private final Map<String, LiveProcess> processes = new ConcurrentHashMap<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicBoolean noticing = new AtomicBoolean();
  private final Enclosure enclosure;
  private final Backstage backstage;
  private final LiveProcess.Services services;
  private final ProcSource source;
  private final Stopper stopper;
  private final Hunter hunter;
  private final StopAll stopAll;
  private final @Nullable Thread hook;

  private ProcessRuntime(
      ReliabilityRuntime runtime,
      ProcSource source,
      Enclosure enclosure,
      Launcher.Starter starter,
      String owner,
      boolean stopAtExit,
      Bookkeeper books) {
    this.owner = owner;
    this.enclosure = enclosure;
    this.backstage = new Backstage(runtime);
    this.source = source;
    this.stopper = new Stopper(source, backstage);
    this.services =
        new LiveProcess.Services(
            books,
            new Launcher(source, enclosure, starter),
            backstage,
            stopper,
            new Sweeper(source, backstage, stopper),
            runtime.randomness(),
            live -> processes.remove(live.name(), live));
    this.hunter = new Hunter(source, backstage);
    this.stopAll = new StopAll(source, backstage, processes::values);
    this.hook = stopAtExit ? new Thread(stopAll::run, "reliability-processes-shutdown") : null;
  }

  /**
   * A runtime for this machine. The caller closes it, before {@code runtime}.
   *
   * @param runtime for time and timers; the processes are real whatever it is
   */
  public static ProcessRuntime system(ReliabilityRuntime runtime) {
    return builder(runtime).build();
  }

  /** A builder with all defaults. */
  public static Builder builder(ReliabilityRuntime runtime) {
    return new Builder(runtime);
  }

  static ProcessRuntime create(
      ReliabilityRuntime runtime,
      ProcSource source,
      Enclosure enclosure,
      Launcher.Starter starter,
      String owner,
      boolean stopAtExit,
      Bookkeeper books) {
    ProcessRuntime made =
        new ProcessRuntime(runtime, source, enclosure, starter, owner, stopAtExit, books);
    if (made.hook != null) {
      Runtime.getRuntime().addShutdownHook(made.hook);
    }
    return made;
  }

  /**
   * How completely a kill reaches what belongs to a process: {@code tree}, {@code group}, {@code
   * pid_namespace} or {@code cgroup}. The same as in {@link StopReport#guarantee}.
   */
  public String guarantee() {
    return enclosure.guarantee();
  }

  @Override
  public ContainerHandle spawn(ProcessSpec spec, RunContext context, WorkerListener listener) {
    Objects.requireNonNull(spec, "spec");
    Objects.requireNonNull(listener, "listener");
    LiveProcess live =
        new LiveProcess(
            services, spec, ContainerLabels.of(owner, context, spec.labels()), context, listener);
    if (processes.putIfAbsent(live.name(), live) != null) {
      throw new IllegalStateException(
          "run " + context.run() + ", attempt " + context.attempt() + ": is live here already");
    }
    if (closed
        .get()) { // looked at after it was put there, so that a close sees it or it sees the close
      live.refuse(new SpawnFailure(Kind.ADAPTER_ERROR, "the process runtime is closed"));
      return live;
    }
    live.begin();
    if (noticing.compareAndSet(false, true)) {
      backstage.later(NOTICE_NANOS, this::noticeExits);
    }
    return live;
  }

  @Override
  public CompletionStage<List<ContainerInfo>> list(Map<String, String> labels) {
    Map<String, String> wanted = Map.copyOf(labels);
    return CompletableFuture.completedFuture(
        processes.values().stream()
            .filter(live -> ContainerLabels.match(live.labels(), wanted))
            .map(ProcessRuntime::info)
            .toList());
  }

  private static ContainerInfo info(LiveProcess live) {
    ContainerInfo.State state =
        live.isStarting()
            ? ContainerInfo.State.STARTING
            : live.isAlive() ? ContainerInfo.State.RUNNING : ContainerInfo.State.ENDED;
    return new ContainerInfo(live.name(), live.labels(), state, live.identity().orElse(null));
  }

  @Override
  public CompletionStage<StopReport> kill(String name) {
    LiveProcess live = processes.get(name);
    return live == null ? CompletableFuture.completedFuture(StopReport.CLEAN) : live.kill();
  }

  @Override
  public CompletionStage<StopReport> remove(String name) {
    LiveProcess live = processes.get(name);
    if (live == null) {
      return CompletableFuture.completedFuture(StopReport.CLEAN);
    }
    return live.kill().whenComplete((report, failure) -> processes.remove(name, live));
  }

  /**
   * Kills each process of this machine that has this name and this argument, with all that descends
   * from it, whoever started it: for what left its session and lost its parents, and is known by an
   * argument that nobody else has. Finds nobody where there is no {@code /proc}.
   *
   * @param program the name as the table of processes shows it, 15 characters at most
   * @param argument one of its arguments, compared exactly
   */
  public CompletionStage<StopReport> killByArgument(String program, String argument) {
    return hunter.kill(program, argument);
  }

  /**
   * Which processes of this machine have one of these names and one of these arguments, whoever
   * started them. Finds nobody where there is no {@code /proc}.
   *
   * @param programs names as the table of processes shows them, 15 characters at most
   * @param arguments compared exactly
   * @return who they are, in words, by argument; those without anybody are not in it
   */
  public CompletionStage<Map<String, List<String>>> findByArgument(
      Set<String> programs, Set<String> arguments) {
    return hunter.look(Set.copyOf(programs), Set.copyOf(arguments));
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    if (hook != null) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The JVM is ending: the hook runs anyway, and both may.
      }
    }
    stopAll.run();
    sweepOut();
    backstage.release();
  }

  /** What those left behind that ended just now; so that the ledger says that they are gone. */
  private void sweepOut() {
    CompletableFuture<Void> swept = services.sweeper().sweep();
    for (int i = 0; i < MOST_SWEEP_PAUSES && !swept.isDone(); i++) {
      Pause.ofNanos(SWEEP_PAUSE_NANOS);
    }
  }

  /**
   * What dead incarnations left of their processes, as their ledgers say: for an {@link
   * OrphanReaper}. Stopping them is SIGTERM, SIGKILL after ten seconds, and a look for five seconds
   * more. Cannot be adopted: the pipes of a process end with its parent.
   */
  public OrphanSource orphans() {
    return orphans(Duration.ofSeconds(10));
  }

  /**
   * {@link #orphans()} with another grace.
   *
   * @param grace from SIGTERM to SIGKILL
   * @throws IllegalArgumentException if it is negative
   */
  public OrphanSource orphans(Duration grace) {
    if (grace.isNegative()) {
      throw new IllegalArgumentException(
          "grace: expected a duration that is not negative, got " + grace);
    }
    return new ProcessOrphans(source, backstage, stopper, Durations.saturatedNanos(grace));
  }

  /**
   * The JDK tells of exits on its common pool, which the host may have filled: look from time to
   * time as well.
   */
  private void noticeExits() {
    processes.values().forEach(LiveProcess::noticeExit);
    noticing.set(false);
    if (!processes.isEmpty() && noticing.compareAndSet(false, true)) {
      backstage.later(NOTICE_NANOS, this::noticeExits);
    }
  }

  /** Collects the settings of a runtime for processes. Not thread-safe. */
  public static final class Builder {
    private final ReliabilityRuntime runtime;
    private String owner;
    private boolean stopAtExit = true;
    private @Nullable Ledger ledger;
    private boolean startWithoutLedger;
    private ProcessFence fence = ProcessFence.GROUP;
    private @Nullable Path cgroupBase;

    private Builder(ReliabilityRuntime runtime) {
      this.runtime = Objects.requireNonNull(runtime, "runtime");
      this.owner = runtime.node();
    }

    /** The label {@link ContainerLabels#OWNER} of its processes; the runtime's node by default. */
    public Builder owner(String value) {
      owner = Objects.requireNonNull(value, "owner");
      return this;
    }

    /**
     * Whether a shutdown hook stops all children when the JVM ends; true by default. Hooks run side
     * by side: a host whose own hook shuts its supervisor down first, so that every run ends with a
     * reason of its own, says false and calls {@link ProcessRuntime#close} there.
     */
    public Builder stopAtExit(boolean value) {
      stopAtExit = value;
      return this;
    }

    /**
     * Writes down each process before it is started, so that it is found after this JVM was killed;
     * nowhere by default. The caller closes the ledger, after the process runtime. A process that
     * cannot be written down, for example because the disk is full, is not started: its spawn fails
     * as {@code no_resources}.
     */
    public Builder ledger(Ledger value) {
      ledger = Objects.requireNonNull(value, "ledger");
      return this;
    }

    /**
     * Whether a process is started although it could not be written down, and so may be missed if
     * this JVM is killed; false by default.
     */
    public Builder startWithoutLedger(boolean value) {
      startWithoutLedger = value;
      return this;
    }

    /** What is put around each process; {@link ProcessFence#GROUP} by default. */
    public Builder fence(ProcessFence value) {
      fence = Objects.requireNonNull(value, "fence");
      return this;
    }

    /**
     * The control group in which those for {@link ProcessFence#CGROUP} are made; that of this
     * process by default.
     *
     * @throws IllegalArgumentException if the path is not absolute
     */
    public Builder cgroupBase(Path directory) {
      if (!directory.isAbsolute()) {
        throw new IllegalArgumentException(
            "cgroupBase: expected an absolute path, got " + directory);
      }
      cgroupBase = directory;
      return this;
    }

    /**
     * A runtime for this machine. The caller closes it, before the runtime it was built with. Tries
     * on a few short processes whether the machine has the fence, unless that is the default.
     */
    public ProcessRuntime build() {
      ProcSource source = ProcSource.system();
      return create(
          runtime,
          source,
          FenceFinder.system(source).find(fence, cgroupBase),
          ProcessBuilder::start,
          owner,
          stopAtExit,
          new Bookkeeper(ledger, !startWithoutLedger));
    }
  }
}
