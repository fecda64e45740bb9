package dev.reliability.whatsapp.baileys;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reliability.container.ContainerHandle;
import dev.reliability.container.Framing;
import dev.reliability.container.InputResult;
import dev.reliability.container.OutputSpec;
import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.container.process.ProcessSpec;
import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.OutputFrame;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.Work;
import dev.reliability.core.run.WorkerListener;
import dev.reliability.whatsapp.wire.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process of the bridge: lines in, lines out, and its end. Thread-safe; nothing here blocks.
 */
final class Bridge {
  /** Bytes of a line, in both directions, its end not counted. */
  static final int MOST_LINE_BYTES = 1 << 20;

  private static final Logger log = LoggerFactory.getLogger(BaileysSocket.class);
  private static final Duration START_DEADLINE = Duration.ofMinutes(1);
  private static final int MOST_QUEUED = 4 << 20;
  private static final int LAST_WORDS = 600;

  private final Owner owner;
  private final AtomicInteger open = new AtomicInteger(2); // output, and the process
  private volatile @Nullable ContainerHandle handle;
  private volatile ExitStatus status = ExitStatus.UNKNOWN;
  private long linesOut; // by its owner, in turn

  /** Whom a bridge tells. From any thread; returns at once. */
  interface Owner {
    /** It said something. */
    void line(Bridge bridge, ObjectNode line);

    /** It is gone, and everything that it said was told. */
    void gone(Bridge bridge, String why, boolean isFinal);
  }

  private Bridge(Owner owner) {
    this.owner = owner;
  }

  /** Begins to start one. */
  static Bridge start(ProcessRuntime processes, ProcessSpec.Builder command, Run run, Owner owner) {
    Bridge bridge = new Bridge(owner);
    ProcessSpec spec =
        command
            .maxQueuedInput(MOST_QUEUED)
            .output(
                OutputSpec.framed(new Framing.Lines(MOST_LINE_BYTES))
                    .keeping(0, 4 * LAST_WORDS)
                    .onFrame(bridge::read))
            .build();
    RunContext context =
        new RunContext(run.id(), 1, Work.of("whatsapp", run.name()), run.owner(), START_DEADLINE);
    bridge.handle = processes.spawn(spec, context, bridge.new Heard());
    return bridge;
  }

  /**
   * Under which names a bridge is started.
   *
   * @param id unique
   * @param name the socket's name
   * @param owner of the process
   */
  record Run(String id, String name, String owner) {}

  /** Says something, in its turn. */
  InputResult say(String type, ObjectNode fields) {
    ObjectNode line = Json.object().put("v", 1).put("type", type).put("seq", ++linesOut);
    line.setAll(fields);
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    ContainerHandle its = handle;
    return its == null ? InputResult.CLOSED : its.send(bytes);
  }

  /** Ends its input: it then ends by itself, within five seconds. */
  void closeInput() {
    ContainerHandle its = handle;
    if (its != null) {
      its.closeInput();
    }
  }

  /** Ends it. */
  void kill() {
    ContainerHandle its = handle;
    if (its != null) {
      its.kill();
    }
  }

  private void read(OutputFrame frame) {
    String text = frame.text();
    if (frame.isError()) {
      log.debug("bridge: {}", text);
      return;
    }
    ObjectNode line = frame.isTruncated() ? null : Json.read(text);
    if (line == null) {
      log.warn("the bridge said what is no line of its protocol: {}", Json.shortened(text));
    } else {
      owner.line(this, line);
    }
  }

  private void part() {
    if (open.decrementAndGet() == 0) {
      owner.gone(this, words(), false);
    }
  }

  private String words() {
    ContainerHandle its = handle;
    String said = its == null ? "" : its.transcript().err().tail().strip();
    String last = said.length() <= LAST_WORDS ? said : said.substring(said.length() - LAST_WORDS);
    return "the bridge ended: " + shown(status) + (last.isEmpty() ? "" : "; it said: " + last);
  }

  private static String shown(ExitStatus status) {
    if (status instanceof ExitStatus.Code code) {
      return "exit code " + code.code();
    }
    return status instanceof ExitStatus.Signal signal ? "signal " + signal.number() : "unknown how";
  }

  /** What the process itself tells. */
  private final class Heard implements WorkerListener {
    @Override
    public void spawned(String workerName) {
      log.debug("the bridge is {}", workerName);
    }

    @Override
    public void spawnFailed(SpawnFailure failure) {
      owner.gone(
          Bridge.this,
          "the bridge could not be started: " + failure.detail(),
          !failure.kind().isRetryable());
    }

    @Override
    public void spawnUnknown(String detail) {
      kill(); // its end is told
    }

    @Override
    public void output(long bytes) {}

    @Override
    public void progress() {}

    @Override
    public void toolsInFlight(int inFlight) {}

    @Override
    public void result(String payload) {}

    @Override
    public void eof() {
      part();
    }

    @Override
    public void exited(ExitStatus its) {
      status = Objects.requireNonNull(its, "status");
      part();
    }
  }
}
