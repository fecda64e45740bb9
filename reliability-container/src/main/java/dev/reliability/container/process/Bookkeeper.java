package dev.reliability.container.process;

import dev.reliability.container.orphan.Intent;
import dev.reliability.container.orphan.Ledger;
import dev.reliability.container.orphan.LedgerException;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.SpawnFailure.Kind;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes down in the ledger, if there is one, what is started. Thread-safe. */
final class Bookkeeper {
  private static final Logger log = LoggerFactory.getLogger(ProcessRuntime.class);

  /** How the ledger calls processes. */
  static final String KIND = "process";

  // What it says of one.
  static final String PID = "pid";
  static final String START = "start";
  static final String SESSION = "session";
  static final String BOOT = "boot";
  static final String GROUP = "cgroup";

  private final @Nullable Ledger ledger;
  private final boolean required;
  private final String boot = Boot.id();

  /**
   * A bookkeeper.
   *
   * @param required whether what cannot be written down is not started
   */
  Bookkeeper(@Nullable Ledger ledger, boolean required) {
    this.ledger = ledger;
    this.required = required;
  }

  /** What the ledger says about one process. */
  final class Page {
    private final Ledger.@Nullable Line line;

    private Page(Ledger.@Nullable Line line) {
      this.line = line;
    }

    /** It was started. Blocks as long as a write does. */
    void became(Fence fence) {
      if (line != null) {
        Map<String, String> identity = new TreeMap<>();
        identity.put(PID, Long.toString(fence.pid()));
        identity.put(START, Long.toString(fence.start()));
        identity.put(SESSION, fence.guarantee());
        identity.put(BOOT, boot);
        Cgroup group = fence.group();
        if (group != null) {
          identity.put(GROUP, group.directory().toString());
        }
        line.became(identity);
      }
    }

    /** Nothing of it is left, or it was not started. Never blocks. */
    void gone() {
      if (line != null) {
        line.gone();
      }
    }
  }

  /** A page for what nobody writes down. */
  Page none() {
    return new Page(null);
  }

  /**
   * Writes down what is about to be started. Blocks for as long as the disk does.
   *
   * @throws SpawnRefused if that could not be done; then it is not to be started
   */
  Page intend(RunContext context, Cookie cookie) throws SpawnRefused {
    if (ledger == null) {
      return none();
    }
    try {
      return new Page(ledger.intend(Intent.of(KIND, context, cookie.value())));
    } catch (LedgerException e) {
      if (required) {
        throw new SpawnRefused(
            Kind.NO_RESOURCES,
            "it could not be written down, so it was not started: " + e.getMessage());
      }
      log.warn("Run {} is started although it could not be written down", context.run(), e);
      return none();
    }
  }
}
