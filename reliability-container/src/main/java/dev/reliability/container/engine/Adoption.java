package dev.reliability.container.engine;

import dev.reliability.container.ContainerInfo;
import dev.reliability.container.OutputSpec;
import dev.reliability.container.orphan.Orphan;
import dev.reliability.core.run.Worker;
import java.util.Map;
import java.util.function.Function;

/**
 * A container that a dead incarnation left and that may be gone on with: as a new run, with all
 * time-outs of one, whose worker attaches to the container instead of starting it.
 *
 * <pre>{@code
 * containers.adoptable(Duration.ofSeconds(10), adoption ->
 *     supervisor.submit(
 *         Work.of(adoption.orphan().lane(), adoption.orphan().item()),
 *         adoption.worker(OutputSpec.lines())))
 * }</pre>
 *
 * <p>From the moment the worker is up the container is a live one of the runtime that adopted it,
 * in its ledger, with the labels of the new run. A worker that was not started within half a minute
 * is refused, and the container stays an orphan for the next look. The run of the dead incarnation
 * is not gone on with: its record is the reconciler's to end.
 *
 * <p>What cannot be had back: output from the death of the old JVM to the moment of attaching is
 * lost, since nobody reads it and the engine keeps no log of it; a marker or a result in it, too. A
 * piece of a line may come first. There is no input: it ended when the old JVM did, and what is
 * sent is refused. Its limits of memory are not known here, so an end for want of memory is told
 * without them. One that has ended meanwhile is up for a moment and then tells its exit.
 *
 * <p>Immutable.
 */
public final class Adoption {
  private final Orphan orphan;
  private final EngineState found;
  private final Function<OutputSpec, Worker> workers;

  Adoption(Orphan orphan, EngineState found, Function<OutputSpec, Worker> workers) {
    this.orphan = orphan;
    this.found = found;
    this.workers = workers;
  }

  /** What it is, and whose it was. */
  public Orphan orphan() {
    return orphan;
  }

  /** All labels that it was started with. */
  public Map<String, String> labels() {
    return found.labels();
  }

  /** What it was doing when it was found. */
  public ContainerInfo.State state() {
    return found.state();
  }

  /**
   * A worker whose start attaches to it; to be started once.
   *
   * @param output what is done with its further output
   */
  public Worker worker(OutputSpec output) {
    return workers.apply(output);
  }
}
