package dev.reliability.container.engine;

import dev.reliability.container.ContainerHandle;
import dev.reliability.container.ContainerInfo;
import dev.reliability.container.ContainerLabels;
import dev.reliability.container.ContainerRuntime;
import dev.reliability.container.OutputSpec;
import dev.reliability.container.engine.Seen.Found;
import dev.reliability.container.engine.Seen.Missing;
import dev.reliability.container.engine.Seen.NoAnswer;
import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.container.process.ProcessSpec;
import dev.reliability.core.run.MarkerRule;
import dev.reliability.core.run.OutputFrame;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.SpawnFailure.Kind;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.run.WorkerListener;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs workers as containers, through the command line of an engine that is on this machine.
 *
 * <p>Each container gets a name that nobody else uses and the labels of {@link ContainerLabels}.
 * Its pipes go through a child process, the engine's own command line; everything else the engine
 * is asked in calls of their own, each with a time limit. A container is up when the engine says so
 * or when the first output came; how it ended, the engine says (so a container that ran out of
 * memory is told from one that was killed); it is gone when the engine says that there is no such
 * container. Whoever kills the child has not stopped the container: it is then ended through the
 * engine and told as lost ({@code engine_lost}). An engine that does not confirm a start in time
 * gives {@code spawnUnknown}, and what may have started is killed and removed at once.
 *
 * <p>{@link ContainerHandle#terminate} sends the image's stop signal; {@link ContainerHandle#kill}
 * kills and removes, and reports what is left. A container that has ended is removed. Each
 * container costs three threads while it runs, those of its child.
 *
 * <p>All containers are ended by {@link #close}, and by a shutdown hook when the JVM ends. Nothing
 * runs when the JVM itself is killed; its containers then see the end of their input, and {@link
 * #list} of the next runtime with the same owner shows them.
 *
 * <p>Thread-safe.
 */
public final class EngineRuntime implements ContainerRuntime<EngineSpec> {
  private final Engine engine;
  private final String owner;
  private final ReliabilityRuntime runtime;
  private final ProcessRuntime processes;
  private final EngineCommands commands;
  private final ContainerServices services;
  private final EngineNames names;
  private final EngineWatch watch;
  private final Strand strand;
  private final Timers timers;
  private final Map<String, EngineContainer> containers = new ConcurrentHashMap<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final @Nullable Thread hook;

  private EngineRuntime(Builder builder) {
    engine = builder.engine;
    owner = builder.owner;
    runtime = builder.runtime;
    timers = new Timers(runtime);
    strand = runtime.strand(Strand.Kind.CONTROL, engine.name());
    // Not stopped by a hook of its own: a command line that ends does not end its container.
    processes = ProcessRuntime.builder(runtime).owner(owner).stopAtExit(false).build();
    EngineCli cli = new EngineCli(engine, processes, timers, strand, builder.callTimeout);
    commands = new EngineCommands(engine, cli);
    services =
        new ContainerServices(
            engine, commands, timers, processes, builder.startTimeout, containers::remove);
    names = new EngineNames(runtime, owner);
    watch =
        new EngineWatch(commands, timers, strand, owner, builder.watchInterval, containers::values);
    hook = builder.stopAtExit ? new Thread(this::stopAll, "reliability-engine-shutdown") : null;
  }

  /**
   * Begins a runtime for containers. The caller closes it, before {@code runtime}.
   *
   * @param runtime for time and timers; the containers are real whatever it is
   * @param engine whose command line to use
   * @param owner the installation that its containers belong to: the same after a restart, and
   *     different from that of everybody else who uses the same engine
   * @throws IllegalArgumentException if the owner is blank or has control characters
   */
  public static Builder builder(ReliabilityRuntime runtime, Engine engine, String owner) {
    return new Builder(runtime, engine, owner);
  }

  @Override
  public ContainerHandle spawn(EngineSpec spec, RunContext context, WorkerListener listener) {
    Objects.requireNonNull(spec, "spec");
    Objects.requireNonNull(listener, "listener");
    refuseTwice(context);
    String name = names.next(context);
    Map<String, String> labels = ContainerLabels.of(owner, context, spec.labels());
    VariablesFile variables = null;
    SpawnFailure refusal = null;
    try {
      variables = VariablesFile.write(spec.environment());
    } catch (UncheckedIOException e) {
      variables = VariablesFile.none();
      refusal = new SpawnFailure(Kind.NO_RESOURCES, e.getMessage() + ": " + e.getCause());
    }
    Gate gate = new Gate(listener, runtime.strand(Strand.Kind.IO, name));
    Strand control = runtime.strand(Strand.Kind.CONTROL, name);
    ContainerLife life = new ContainerLife(services, spec, name, variables, gate, control);
    EngineContainer container = new EngineContainer(engine, context, labels, life);
    containers.put(name, container);
    if (closed.get()) { // looked at after it was put there: a close sees it, or it sees the close
      refusal = new SpawnFailure(Kind.ADAPTER_ERROR, "the engine's runtime is closed");
    }
    if (refusal != null) {
      SpawnFailure why = refusal;
      life.connect(new NoChild(context));
      control.execute(() -> life.refused(why));
      return container;
    }
    begin(container, spec, context, listener, variables);
    watch.arm();
    return container;
  }

  private void refuseTwice(RunContext context) {
    for (EngineContainer live : containers.values()) {
      if (live.isAttempt(context)) {
        throw new IllegalStateException(
            "run " + context.run() + ", attempt " + context.attempt() + ": is live here already");
      }
    }
  }

  private void begin(
      EngineContainer container,
      EngineSpec spec,
      RunContext context,
      WorkerListener listener,
      VariablesFile variables) {
    ProcessSpec.Builder child =
        ProcessSpec.builder(
                RunArguments.of(
                    engine, spec, container.name(), container.labels(), variables.path()))
            .output(onceUp(spec.output(), container.life().gate()))
            .initialInput(spec.initialInput())
            .maxQueuedInput(spec.maxQueuedInput());
    if (spec.inputClosedAtStart()) {
      child.closeInputAtStart();
    }
    spec.environment()
        .forEach(
            (variable, value) -> {
              if (!EngineVariables.isHeeded(variable)) {
                child.env(variable, value);
              }
            });
    engine.environment().forEach(child::env);
    try {
      ContainerLife life = container.life();
      life.connect(processes.spawn(child.build(), context, new ChildListener(life, listener)));
    } catch (RuntimeException e) {
      containers.remove(container.name());
      variables.remove();
      throw e;
    }
  }

  /** The same output, but the host sees nothing of a command line that complains. */
  private static OutputSpec onceUp(OutputSpec output, Gate gate) {
    MarkerRule rule = output.markers();
    OutputSpec gated =
        output.markers(frame -> gate.isUp() ? rule.judge(frame) : MarkerRule.Meaning.NOISE);
    Consumer<? super OutputFrame> frames = output.frames();
    return frames == null
        ? gated
        : gated.onFrame(
            frame -> {
              if (gate.isUp()) {
                frames.accept(frame);
              }
            });
  }

  /**
   * All containers of this owner with these labels, whichever process started them; fails with an
   * {@link EngineException} if the engine does not answer.
   */
  @Override
  public CompletionStage<List<ContainerInfo>> list(Map<String, String> labels) {
    Map<String, String> wanted = new TreeMap<>(labels);
    if (!owner.equals(wanted.getOrDefault(ContainerLabels.OWNER, owner))) {
      return CompletableFuture.completedFuture(List.of());
    }
    wanted.put(ContainerLabels.OWNER, owner);
    return commands
        .list(wanted)
        .thenApply(
            states -> {
              Map<String, ContainerInfo> found = new LinkedHashMap<>();
              states.forEach(state -> found.put(state.name(), state.info(engine)));
              for (EngineContainer container : containers.values()) {
                if (ContainerLabels.match(container.labels(), wanted)) {
                  container
                      .infoWithoutEngine()
                      .ifPresent(info -> found.putIfAbsent(info.name(), info));
                }
              }
              return List.copyOf(found.values());
            });
  }

  /** Kills and removes by name, also what an earlier incarnation of this owner left. */
  @Override
  public CompletionStage<StopReport> kill(String name) {
    EngineContainer live = containers.get(name);
    return live != null ? live.kill() : removeForgotten(EngineChecks.word(name, "name"));
  }

  /** The same as {@link #kill}. */
  @Override
  public CompletionStage<StopReport> remove(String name) {
    return kill(name);
  }

  private CompletionStage<StopReport> removeForgotten(String name) {
    return commands
        .inspect(name)
        .thenCompose(
            seen -> {
              if (seen instanceof Missing) {
                return CompletableFuture.completedFuture(StopReport.CLEAN);
              }
              if (seen instanceof NoAnswer none) {
                throw new EngineException("container " + name + ": " + none.why());
              }
              EngineState state = ((Found) seen).state();
              String theirs = state.labels().get(ContainerLabels.OWNER);
              if (!owner.equals(theirs)) {
                throw new IllegalArgumentException(
                    "name: expected a container of owner \""
                        + owner
                        + "\", got \""
                        + name
                        + "\" of "
                        + (theirs == null ? "nobody known here" : "\"" + theirs + "\""));
              }
              // By its id: the name may be somebody else's by the time of the next call.
              Removal.Known known = state.hasEnded() ? Removal.Known.ENDED : Removal.Known.THERE;
              return Removal.of(commands, timers, strand, state.id(), known)
                  .thenApply(
                      result ->
                          new StopReport(
                              "container",
                              result.isGone() ? List.of() : List.of("container " + name),
                              0));
            });
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      if (hook != null) {
        try {
          Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
          // The JVM is ending: the hook runs anyway, and both may.
        }
      }
      stopAll();
      processes.close();
    }
  }

  private void stopAll() {
    closed.set(true);
    new StopContainers(timers, List.copyOf(containers.values())).run();
  }

  /** Collects the settings of a runtime for containers. Not thread-safe. */
  public static final class Builder {
    private final ReliabilityRuntime runtime;
    private final Engine engine;
    private final String owner;
    private Duration startTimeout = Duration.ofSeconds(60);
    private Duration callTimeout = Duration.ofSeconds(10);
    private Duration watchInterval = Duration.ofSeconds(15);
    private boolean stopAtExit = true;

    private Builder(ReliabilityRuntime runtime, Engine engine, String owner) {
      this.runtime = Objects.requireNonNull(runtime, "runtime");
      this.engine = Objects.requireNonNull(engine, "engine");
      this.owner = owner;
      if (owner.isBlank() || owner.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException(
            "owner: expected a name without control characters, got \"" + owner + "\"");
      }
    }

    /**
     * How long the engine may take to confirm a start, before the start counts as unknown; 60 s by
     * default. A run's start deadline applies all the same.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder startTimeout(Duration value) {
      startTimeout = positive("startTimeout", value);
      return this;
    }

    /**
     * How long each other call to the engine may take before it is killed; 10 s by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder callTimeout(Duration value) {
      callTimeout = positive("callTimeout", value);
      return this;
    }

    /**
     * How often the engine is asked for all containers while there are any; 15 s by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder watchInterval(Duration value) {
      watchInterval = positive("watchInterval", value);
      return this;
    }

    /**
     * Whether a shutdown hook ends all containers when the JVM ends; true by default. A host whose
     * own hook closes its supervisor first says false and calls {@link EngineRuntime#close} there.
     */
    public Builder stopAtExit(boolean value) {
      stopAtExit = value;
      return this;
    }

    /** A runtime. The engine is not asked anything yet. */
    public EngineRuntime build() {
      EngineRuntime made = new EngineRuntime(this);
      if (made.hook != null) {
        Runtime.getRuntime().addShutdownHook(made.hook);
      }
      return made;
    }

    private static Duration positive(String name, Duration value) {
      if (value.isNegative() || value.isZero()) {
        throw new IllegalArgumentException(name + ": expected a positive duration, got " + value);
      }
      return value;
    }
  }
}
