package dev.reliability.whatsapp.baileys;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reliability.container.InputResult;
import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.container.process.ProcessSpec;
import dev.reliability.core.link.CloseClass;
import dev.reliability.core.link.CloseReason;
import dev.reliability.core.runtime.Periodic;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import dev.reliability.core.runtime.TimeSource;
import dev.reliability.whatsapp.wire.Json;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One run of the bridge, kept alive: pinged for as long as it goes on, and killed if it does not
 * answer. On the strand of its link.
 */
final class BridgeRun {
  private static final int MISSED_PINGS = 3;
  private static final long READY_NANOS = Duration.ofSeconds(30).toNanos();

  private final BaileysOptions options;
  private final Bridge bridge;
  private final Periodic pings;
  private final TimeSource time;
  private final long begunNanos;
  private long pinged;
  private long ponged;
  private boolean isReady;
  private @Nullable CloseReason lastWords; // why it ends, as far as it is known before it does

  private BridgeRun(
      ReliabilityRuntime runtime, Strand control, BaileysOptions options, Bridge bridge) {
    this.options = options;
    this.bridge = bridge;
    time = runtime.time();
    begunNanos = time.nanos();
    pings = Periodic.start(runtime, control, options.ping(), this::ping);
  }

  /** Begins to start one, the so-manieth of its link. */
  static BridgeRun start(
      ReliabilityRuntime runtime,
      ProcessRuntime processes,
      Strand control,
      BaileysOptions options,
      long number,
      int credit,
      Bridge.Owner owner) {
    Bridge bridge =
        Bridge.start(
            processes,
            ProcessSpec.builder(
                    options.node(),
                    BridgeScripts.main(options.authDir()).toAbsolutePath().toString())
                .beforeStart(() -> BridgeScripts.writeTo(options.authDir())),
            new Bridge.Run(
                "bridge-" + runtime.randomness().nonce("bridge", options.name()) + "-" + number,
                options.name(),
                runtime.node()),
            owner);
    bridge.say("hello", options.hello(credit));
    return new BridgeRun(runtime, control, options, bridge);
  }

  boolean is(Bridge other) {
    return bridge == other;
  }

  InputResult say(String type, ObjectNode fields) {
    return bridge.say(type, fields);
  }

  /** It can be asked to connect. */
  boolean isReady() {
    return isReady;
  }

  void ready() {
    isReady = true;
    ponged = pinged;
  }

  void pong() {
    ponged = pinged;
  }

  /** It said why it cannot go on. */
  void fatal(String reason, String detail) {
    lastWords = CloseReason.of(CloseClass.STOP_CONFIG, reason, detail);
  }

  /** Asks it to end, which it does within seconds. */
  void shutdown(long graceMillis) {
    say("shutdown", Json.object().put("graceMs", graceMillis));
    bridge.closeInput();
  }

  void kill() {
    bridge.kill();
  }

  /**
   * It is gone.
   *
   * @return why, if more is known than how it ended
   */
  @Nullable CloseReason gone() {
    pings.close();
    return lastWords;
  }

  private void end(String why) {
    lastWords = CloseReason.of(CloseClass.RETRY, "", why);
    kill();
  }

  private void ping() {
    if (isReady && pinged - ponged >= MISSED_PINGS) {
      end("the bridge did not answer " + MISSED_PINGS + " pings, " + options.ping() + " apart");
    } else if (!isReady && time.nanos() - begunNanos >= READY_NANOS) {
      end("the bridge was not ready within " + Duration.ofNanos(READY_NANOS));
    } else {
      say("ping", Json.object().put("n", ++pinged));
    }
  }
}
