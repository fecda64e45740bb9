package dev.reliability.testkit.worker;

import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.Worker;
import dev.reliability.core.run.WorkerHandle;
import dev.reliability.core.run.WorkerListener;
import dev.reliability.core.runtime.ReliabilityRuntime;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * A worker that plays a {@link WorkerScript}, on the simulated world or on the real clock. Each
 * start is a player of its own; the worker remembers all of them, so that a test can ask afterwards
 * what was left behind. Thread-safe.
 */
public final class FakeWorker implements Worker {
  private final ReliabilityRuntime runtime;
  private final Function<RunContext, WorkerScript> scripts;
  private final List<FakePlayer> players = new CopyOnWriteArrayList<>();

  private FakeWorker(ReliabilityRuntime runtime, Function<RunContext, WorkerScript> scripts) {
    this.runtime = runtime;
    this.scripts = scripts;
  }

  /** Plays the same script at every start. */
  public static FakeWorker playing(ReliabilityRuntime runtime, WorkerScript script) {
    return new FakeWorker(runtime, context -> script);
  }

  /** Plays the script that is chosen at each start, for example by its attempt. */
  public static FakeWorker choosing(
      ReliabilityRuntime runtime, Function<RunContext, WorkerScript> scripts) {
    return new FakeWorker(runtime, scripts);
  }

  @Override
  public WorkerHandle start(RunContext context, WorkerListener listener) {
    WorkerScript script = scripts.apply(context);
    if (script.spawn() instanceof WorkerScript.Throws) {
      throw new IllegalStateException("the adapter throws, as the script says");
    }
    FakePlayer player = new FakePlayer(runtime, script, context, listener);
    players.add(player);
    player.begin();
    return player;
  }

  /** How often it was started. */
  public int starts() {
    return players.size();
  }

  /** How many of what was started are up and have not ended. */
  public int alive() {
    return (int) players.stream().filter(FakePlayer::isAlive).count();
  }

  /** Whether anything that was started is, or was, up. */
  public boolean wasUp() {
    return players.stream().anyMatch(FakePlayer::wasUp);
  }

  /**
   * The steps of stopping that were taken, over all starts and in their order: {@code input},
   * {@code terminate}, {@code kill}.
   */
  public List<String> stops() {
    return players.stream().flatMap(player -> player.stops().stream()).toList();
  }
}
