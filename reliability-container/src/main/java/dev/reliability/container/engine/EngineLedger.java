package dev.reliability.container.engine;

import dev.reliability.container.orphan.Intent;
import dev.reliability.container.orphan.Ledger;
import dev.reliability.container.orphan.LedgerEntry;
import dev.reliability.container.orphan.LedgerException;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.SpawnFailure.Kind;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes down in the ledger, if there is one, which containers are started. Thread-safe. */
final class EngineLedger {
  private static final Logger log = LoggerFactory.getLogger(EngineRuntime.class);
  private static final String ID = "id";

  private final String kind;
  private final @Nullable Ledger ledger;
  private final boolean required;

  /**
   * A ledger.
   *
   * @param kind the engine's name
   * @param required whether what cannot be written down is not started
   */
  EngineLedger(String kind, @Nullable Ledger ledger, boolean required) {
    this.kind = kind;
    this.ledger = ledger;
    this.required = required;
  }

  /** The full id that an entry has of its container; null if nobody knew it yet. */
  static @Nullable String idOf(LedgerEntry entry) {
    return entry.identity().get(ID);
  }

  /** Whether there is one. */
  boolean isThere() {
    return ledger != null;
  }

  /**
   * A page for one container, on which nothing stands yet.
   *
   * @param io where it may block
   */
  Page page(RunContext context, String name, Executor io) {
    return new Page(context, name, io, required);
  }

  /** The same for one that is not to be had without being written down. */
  Page pageOfAdopted(RunContext context, String name, Executor io) {
    return new Page(context, name, io, true);
  }

  /** What the ledger says about one container. */
  final class Page {
    private final RunContext context;
    private final String name;
    private final Executor io;
    private final boolean needed;
    private final AtomicBoolean known = new AtomicBoolean();
    private volatile Ledger.@Nullable Line line;
    private volatile @Nullable SpawnFailure refusal;

    private Page(RunContext context, String name, Executor io, boolean needed) {
      this.context = context;
      this.name = name;
      this.io = io;
      this.needed = needed;
    }

    /**
     * It is about to be started. Blocks for as long as the disk does.
     *
     * @throws LedgerException if that could not be written down; then it is not to be started
     */
    void intend() {
      if (ledger == null) {
        return;
      }
      try {
        line = ledger.intend(Intent.of(kind, context, name));
      } catch (LedgerException e) {
        if (needed) {
          refusal =
              new SpawnFailure(
                  Kind.NO_RESOURCES,
                  "it could not be written down, so it was not started: " + e.getMessage());
          throw e;
        }
        log.warn("Container {} is started although it could not be written down", name, e);
      }
    }

    /** Why it was not to be started; null if that is not so. */
    @Nullable SpawnFailure refusal() {
      return refusal;
    }

    /** It is there, and this is its full id. Never blocks. */
    void became(String id) {
      Ledger.Line written = line;
      if (written != null && known.compareAndSet(false, true)) {
        io.execute(() -> written.became(Map.of(ID, id)));
      }
    }

    /** The engine has no such container, or nothing was started. Never blocks. */
    void gone() {
      Ledger.Line written = line;
      if (written != null) {
        written.gone();
      }
    }
  }
}
