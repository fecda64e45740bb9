package dev.reliability.core.run;

import java.util.Locale;
import java.util.Objects;

/**
 * Why a worker could not be started.
 *
 * @param kind what kind of failure it is; decides whether trying again makes sense
 * @param detail what the operating system or the engine said, with the value it was about
 */
public record SpawnFailure(Kind kind, String detail) {

  /**
   * Checks the parts.
   *
   * @throws NullPointerException if one is null
   */
  public SpawnFailure {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(detail, "detail");
  }

  /** Kinds of failure to start. */
  public enum Kind {
    /** There is no such program, or its interpreter is missing. */
    COMMAND_NOT_FOUND(false),
    /** The program may not be executed. */
    PERMISSION_DENIED(false),
    /** The working directory does not exist or is not a directory. */
    DIRECTORY_MISSING(false),
    /** The arguments and the environment are longer than the system takes. */
    ARGUMENTS_TOO_LONG(false),
    /** The file is not a program for this machine. */
    NOT_EXECUTABLE(false),
    /** There is no such image where the engine looks for it. */
    IMAGE_MISSING(false),
    /** No processes, memory or file descriptors were left just then. */
    NO_RESOURCES(true),
    /** The engine refused or failed. */
    ENGINE_ERROR(true),
    /** The adapter itself threw. */
    ADAPTER_ERROR(false),
    /** Anything else. */
    OTHER(true);

    private final boolean retryable;

    Kind(boolean retryable) {
      this.retryable = retryable;
    }

    /** Whether the same attempt may succeed a little later. */
    public boolean isRetryable() {
      return retryable;
    }

    /** The spelling that leaves the process, such as {@code command_not_found}. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
