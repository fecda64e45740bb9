package dev.reliability.container.engine;

import dev.reliability.container.ContainerHandle;
import dev.reliability.container.ContainerInfo;
import dev.reliability.container.ContainerLabels;
import dev.reliability.container.ContainerRuntime;
import dev.reliability.container.orphan.Ledger;
import dev.reliability.container.orphan.OrphanSource;
import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.run.WorkerListener;
import dev.reliability.core.runtime.Durations;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
 * runs when the JVM itself is killed; its containers then see the end of their input, and those
 * that do not care are found by the next JVM: {@link #list} of a runtime with the same owner shows
 * them, and {@link #orphans} settles them if they were written down in a {@linkplain Builder#ledger
 * ledger}.
 *
 * <p>Thread-safe.
 */
public final class EngineRuntime implements ContainerRuntime<EngineSpec> {
  private final String owner;
  private final ReliabilityRuntime runtime;
  private final ProcessRuntime processes;
  private final ContainerServices services;
  private final EngineLedger ledger;
  private final Fleet fleet;
  private final ByName byName;
  private final EngineWatch watch;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final @Nullable Thread hook;

  private EngineRuntime(Builder builder) {
    Engine engine = builder.engine;
    owner = builder.owner;
    runtime = builder.runtime;
    Timers timers = new Timers(runtime);
    Strand strand = runtime.strand(Strand.Kind.CONTROL, engine.name());
    // Not stopped by a hook of its own: a command line that ends does not end its container.
    processes = ProcessRuntime.builder(runtime).owner(owner).stopAtExit(false).build();
    EngineCli cli =
        new EngineCli(engine, processes, timers, strand, builder.callTimeout, builder.callsAtOnce);
    EngineCommands commands = new EngineCommands(engine, cli);
    Map<String, EngineContainer> live = new ConcurrentHashMap<>();
    services =
        new ContainerServices(
            engine, commands, timers, processes, builder.startTimeout, live::remove);
    ledger = new EngineLedger(engine.name(), builder.ledger, !builder.startWithoutLedger);
    fleet = new Fleet(owner, runtime, ledger, services, live);
    byName = new ByName(owner, services, strand, live);
    watch = new EngineWatch(commands, timers, strand, owner, builder.watchInterval, live::values);
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
    EngineContainer container = fleet.start(spec, context, listener);
    watch.arm();
    return container;
  }

  /**
   * All containers of this owner with these labels, whichever process started them; fails with an
   * {@link EngineException} if the engine does not answer. One that was adopted here has the labels
   * of the run that goes on with it.
   */
  @Override
  public CompletionStage<List<ContainerInfo>> list(Map<String, String> labels) {
    return byName.list(labels);
  }

  /** Kills and removes by name, also what an earlier incarnation of this owner left. */
  @Override
  public CompletionStage<StopReport> kill(String name) {
    return byName.kill(name);
  }

  /** The same as {@link #kill}. */
  @Override
  public CompletionStage<StopReport> remove(String name) {
    return kill(name);
  }

  /**
   * What dead incarnations left of their containers, for an {@link
   * dev.reliability.container.orphan.OrphanReaper}: whatever has this runtime's owner as its label
   * and was written down in the ledger of a dead incarnation, or carries the label of one that is
   * known to be dead; and what was cut off half made, which only the processes that made it, or a
   * name without a container, show. What a living incarnation's ledger names is never among it, nor
   * what is live here.
   *
   * <p>Stopping one is the image's stop signal, SIGKILL after ten seconds, and its removal, all
   * through the engine and by its full id. An engine that does not answer fails {@code find}: then
   * nothing is done.
   */
  public OrphanSource orphans() {
    return orphans(Duration.ofSeconds(10));
  }

  /**
   * {@link #orphans()} with another grace.
   *
   * @param grace from the stop signal to SIGKILL
   * @throws IllegalArgumentException if it is negative
   */
  public OrphanSource orphans(Duration grace) {
    return orphans(grace, Duration.ZERO, null);
  }

  /**
   * {@link #orphans(Duration)} that can be adopted, too: each is offered to {@code host}, which
   * starts the worker that it is given within half a minute, usually by {@link
   * dev.reliability.core.run.RunSupervisor#submit}. See {@link Adoption}.
   *
   * @param host called on a strand where it may block; what it throws is a refusal: the container
   *     stays as it is, for the next look
   * @throws IllegalArgumentException if the grace is negative
   * @throws IllegalStateException if this runtime has no ledger: nobody would know whose a
   *     container is from then on
   */
  public OrphanSource adoptable(Duration grace, Consumer<? super Adoption> host) {
    return adoptable(grace, Duration.ofSeconds(30), host);
  }

  /**
   * The same.
   *
   * @param offer how long the host has to start the worker
   */
  OrphanSource adoptable(Duration grace, Duration offer, Consumer<? super Adoption> host) {
    Objects.requireNonNull(host, "host");
    if (!ledger.isThere()) {
      throw new IllegalStateException(
          "adoption: expected a runtime with a ledger, got one without");
    }
    return orphans(grace, offer, host);
  }

  private OrphanSource orphans(
      Duration grace, Duration offer, @Nullable Consumer<? super Adoption> host) {
    if (grace.isNegative()) {
      throw new IllegalArgumentException(
          "grace: expected a duration that is not negative, got " + grace);
    }
    return new EngineOrphans(
        owner,
        runtime,
        services,
        fleet,
        watch::arm,
        Durations.saturatedNanos(grace),
        Durations.saturatedNanos(offer),
        host);
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
      watch.stop();
      processes.close();
    }
  }

  private void stopAll() {
    fleet.close();
    new StopContainers(services.timers(), List.copyOf(fleet.all())).run();
  }

  /** Collects the settings of a runtime for containers. Not thread-safe. */
  public static final class Builder {
    private final ReliabilityRuntime runtime;
    private final Engine engine;
    private final String owner;
    private Duration startTimeout = Duration.ofSeconds(60);
    private Duration callTimeout = Duration.ofSeconds(10);
    private Duration watchInterval = Duration.ofSeconds(15);
    private int callsAtOnce = 8;
    private @Nullable Ledger ledger;
    private boolean startWithoutLedger;
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
     * How long each other call to the engine may take before it is killed; 10 s by default. It
     * counts from when it is the call's turn; one whose turn does not come within six times as long
     * counts as not answered.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder callTimeout(Duration value) {
      callTimeout = positive("callTimeout", value);
      return this;
    }

    /**
     * How many calls to the engine there may be at a time, beside the command lines that carry the
     * containers' pipes; 8 by default. The others wait for their turn.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder callsAtOnce(int value) {
      callsAtOnce = EngineChecks.positive(value, "callsAtOnce");
      return this;
    }

    /**
     * Writes down each container before it is started, so that it is found after this JVM was
     * killed, even if it was killed in the middle of a start; nowhere by default. The caller closes
     * the ledger, after this runtime. A container that cannot be written down, for example because
     * the disk is full, is not started: its spawn fails as {@code no_resources}.
     *
     * <p>Runtimes for several engines of one kind that share a ledger need {@linkplain
     * Engine#withName names of their own} for them.
     */
    public Builder ledger(Ledger value) {
      ledger = Objects.requireNonNull(value, "ledger");
      return this;
    }

    /**
     * Whether a container is started although it could not be written down; false by default. It is
     * then still found by its labels if this JVM is killed, unless it was just being made.
     */
    public Builder startWithoutLedger(boolean value) {
      startWithoutLedger = value;
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
