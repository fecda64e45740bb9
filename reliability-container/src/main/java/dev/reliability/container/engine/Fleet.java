package dev.reliability.container.engine;

import dev.reliability.container.ContainerHandle;
import dev.reliability.container.ContainerLabels;
import dev.reliability.container.OutputSpec;
import dev.reliability.container.process.ProcessSpec;
import dev.reliability.core.run.MarkerRule;
import dev.reliability.core.run.OutputFrame;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.SpawnFailure.Kind;
import dev.reliability.core.run.WorkerListener;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The containers that are live here: starts them, attaches to those of others, and knows them until
 * nothing is left of them. Thread-safe.
 */
final class Fleet {
  private final String owner;
  private final ReliabilityRuntime runtime;
  private final ContainerServices services;
  private final EngineLedger ledger;
  private final EngineNames names;
  private final Map<String, EngineContainer> live;
  private volatile boolean closed;

  /**
   * None yet.
   *
   * @param live where they are by their names, for many threads
   * @param services what each needs; forgets it there
   */
  Fleet(
      String owner,
      ReliabilityRuntime runtime,
      EngineLedger ledger,
      ContainerServices services,
      Map<String, EngineContainer> live) {
    this.owner = owner;
    this.runtime = runtime;
    this.ledger = ledger;
    this.services = services;
    this.live = live;
    this.names = new EngineNames(runtime, owner);
  }

  /** All of them. */
  Collection<EngineContainer> all() {
    return live.values();
  }

  /** The one of this name; null if there is none. */
  @Nullable EngineContainer find(String name) {
    return live.get(name);
  }

  /** Starts nothing more. */
  void close() {
    closed = true;
  }

  /** Begins to start one. */
  EngineContainer start(EngineSpec spec, RunContext context, WorkerListener listener) {
    refuseTwice(context);
    String name = names.next(context);
    SpawnFailure refusal = null;
    VariablesFile variables = VariablesFile.none();
    try {
      variables = VariablesFile.write(name, spec.environment());
    } catch (UncheckedIOException e) {
      refusal = new SpawnFailure(Kind.NO_RESOURCES, e.getMessage() + ": " + e.getCause());
    }
    EngineLedger.Page page = ledger.page(context, name, runtime.strand(Strand.Kind.IO, name));
    ContainerLife life =
        new ContainerLife(
            services,
            spec.memory(),
            name,
            name,
            page,
            variables,
            new Gate(listener, runtime.strand(Strand.Kind.IO, name)),
            runtime.strand(Strand.Kind.CONTROL, name));
    Map<String, String> labels = ContainerLabels.of(owner, context, spec.labels());
    EngineContainer container =
        new EngineContainer(services.engine(), context, labels, life, false);
    live.put(name, container);
    List<String> command = RunArguments.of(services.engine(), spec, name, labels, variables.path());
    ProcessSpec.Builder child =
        ProcessSpec.builder(command)
            .output(onceUp(spec.output(), life.gate()))
            .initialInput(spec.initialInput())
            .maxQueuedInput(spec.maxQueuedInput())
            .beforeStart(page::intend);
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
    try {
      begin(container, child, context, listener, refusal);
    } catch (RuntimeException e) {
      variables.remove();
      throw e;
    }
    return container;
  }

  /**
   * Begins to attach to one that somebody else started.
   *
   * @throws IllegalStateException if it is live here already
   */
  EngineContainer attach(
      EngineState found, OutputSpec output, RunContext context, WorkerListener listener) {
    refuseTwice(context);
    String name = found.name();
    EngineLedger.Page page =
        ledger.pageOfAdopted(context, name, runtime.strand(Strand.Kind.IO, name));
    ContainerLife life =
        new ContainerLife(
            services,
            OptionalLong.empty(),
            name,
            found.id(),
            page,
            VariablesFile.none(),
            new Gate(listener, runtime.strand(Strand.Kind.IO, name)),
            runtime.strand(Strand.Kind.CONTROL, name));
    Map<String, String> own = new TreeMap<>(found.labels());
    own.keySet().removeIf(label -> label.startsWith(ContainerLabels.PREFIX));
    EngineContainer container =
        new EngineContainer(
            services.engine(), context, ContainerLabels.of(owner, context, own), life, true);
    if (live.putIfAbsent(name, container) != null) {
      throw new IllegalStateException("container " + name + ": is live here already");
    }
    List<String> command = new ArrayList<>(services.engine().program());
    command.add("attach");
    command.addAll(services.engine().attachArguments());
    command.add(found.id());
    ProcessSpec.Builder child =
        ProcessSpec.builder(command)
            .output(onceUp(output, life.gate()))
            .closeInputAtStart()
            .beforeStart(page::intend);
    begin(container, child, context, listener, null);
    return container;
  }

  private void refuseTwice(RunContext context) {
    for (EngineContainer one : live.values()) {
      if (one.isAttempt(context)) {
        throw new IllegalStateException(
            "run " + context.run() + ", attempt " + context.attempt() + ": is live here already");
      }
    }
  }

  /** Starts the child of one that is among the live ones, unless it is refused. */
  private void begin(
      EngineContainer container,
      ProcessSpec.Builder child,
      RunContext context,
      WorkerListener listener,
      @Nullable SpawnFailure refusal) {
    ContainerLife life = container.life();
    // Looked at after it was put there: a close sees it, or it sees the close.
    SpawnFailure why =
        closed ? new SpawnFailure(Kind.ADAPTER_ERROR, "the engine's runtime is closed") : refusal;
    if (why != null) {
      life.connect(new NoChild(context));
      life.strand().execute(() -> life.refused(why));
      return;
    }
    services.engine().environment().forEach(child::env);
    try {
      ContainerHandle handle =
          services.processes().spawn(child.build(), context, new ChildListener(life, listener));
      life.connect(handle);
    } catch (RuntimeException e) {
      live.remove(container.name());
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
}
