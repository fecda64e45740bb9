package dev.reliability.container.process;

import dev.reliability.container.ContainerLabels;
import dev.reliability.container.ContainerSpec;
import dev.reliability.container.OutputSpec;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A process to start. Immutable; made by a {@link #builder}.
 *
 * <p>Defaults: this process's directory and environment, output in lines, input that stays open
 * until it is closed through the handle, at most 1 MiB of input queued.
 */
public final class ProcessSpec implements ContainerSpec {
  private final List<String> command;
  private final @Nullable Path directory;
  private final Map<String, String> environment;
  private final Set<String> withoutEnvironment;
  private final Map<String, String> labels;
  private final OutputSpec output;
  private final byte[] initialInput;
  private final boolean inputClosedAtStart;
  private final int maxQueuedInput;
  private final Runnable beforeStart;

  private ProcessSpec(Builder builder) {
    this.command = builder.command;
    this.directory = builder.directory;
    this.environment = Collections.unmodifiableMap(new LinkedHashMap<>(builder.environment));
    this.withoutEnvironment =
        Collections.unmodifiableSet(new LinkedHashSet<>(builder.withoutEnvironment));
    this.labels = Collections.unmodifiableMap(new LinkedHashMap<>(builder.labels));
    this.output = builder.output;
    this.initialInput = builder.initialInput;
    this.inputClosedAtStart = builder.inputClosedAtStart;
    this.maxQueuedInput = builder.maxQueuedInput;
    this.beforeStart = builder.beforeStart;
  }

  /** A program with its arguments, and otherwise the defaults. */
  public static ProcessSpec of(String... command) {
    return builder(command).build();
  }

  /** As {@link #builder(List)}. */
  public static Builder builder(String... command) {
    return builder(Arrays.asList(command));
  }

  /**
   * Begins a spec.
   *
   * @param command the program and its arguments, handed on as they are: no shell looks at them. A
   *     program without a slash is looked up on the {@code PATH} that the process will have; one
   *     with a slash is relative to its directory
   * @throws IllegalArgumentException if it is empty, has an empty program, or has a NUL character
   *     in it
   */
  public static Builder builder(List<String> command) {
    return new Builder(command);
  }

  @Override
  public List<String> command() {
    return command;
  }

  @Override
  public Map<String, String> labels() {
    return labels;
  }

  @Override
  public OutputSpec output() {
    return output;
  }

  /** The working directory; null for this process's own. */
  public @Nullable Path directory() {
    return directory;
  }

  /** Variables set on top of this process's environment. */
  public Map<String, String> environment() {
    return environment;
  }

  /** Variables taken out of it. */
  public Set<String> withoutEnvironment() {
    return withoutEnvironment;
  }

  /** Bytes written to its input at once; a copy. */
  public byte[] initialInput() {
    return initialInput.clone();
  }

  /** Whether its input ends right after the initial bytes. */
  public boolean inputClosedAtStart() {
    return inputClosedAtStart;
  }

  /** Bytes of input that may be queued, beside the initial ones. */
  public int maxQueuedInput() {
    return maxQueuedInput;
  }

  /** What must have happened before it is started. */
  public Runnable beforeStart() {
    return beforeStart;
  }

  /** Builds a {@link ProcessSpec}. Not thread-safe. */
  public static final class Builder {
    private final List<String> command;
    private @Nullable Path directory;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final Set<String> withoutEnvironment = new LinkedHashSet<>();
    private final Map<String, String> labels = new LinkedHashMap<>();
    private OutputSpec output = OutputSpec.lines();
    private byte[] initialInput = new byte[0];
    private boolean inputClosedAtStart;
    private int maxQueuedInput = 1024 * 1024;
    private Runnable beforeStart = () -> {};

    private Builder(List<String> command) {
      this.command = List.copyOf(command);
      if (this.command.isEmpty() || this.command.get(0).isEmpty()) {
        throw new IllegalArgumentException(
            "command: expected a program and its arguments, got " + command);
      }
      for (int i = 0; i < this.command.size(); i++) {
        requireNoNul(this.command.get(i), "command[" + i + "]");
      }
    }

    /** The working directory. A relative one is relative to this process's own. */
    public Builder directory(Path directory) {
      this.directory = Objects.requireNonNull(directory, "directory");
      return this;
    }

    /**
     * Sets a variable.
     *
     * @throws IllegalArgumentException if the name is empty or has {@code =} in it, or if either
     *     has a NUL character in it
     */
    public Builder env(String name, String value) {
      environment.put(requireName(name), requireNoNul(value, "environment " + name));
      withoutEnvironment.remove(name);
      return this;
    }

    /**
     * Takes a variable out.
     *
     * @throws IllegalArgumentException as {@link #env} says
     */
    public Builder withoutEnv(String name) {
      withoutEnvironment.add(requireName(name));
      environment.remove(name);
      return this;
    }

    /**
     * A label to find it by.
     *
     * @throws IllegalArgumentException as {@link ContainerLabels#require} says
     */
    public Builder label(String name, String value) {
      labels.put(ContainerLabels.require(name, value), value);
      return this;
    }

    /** What is done with its output. */
    public Builder output(OutputSpec output) {
      this.output = Objects.requireNonNull(output, "output");
      return this;
    }

    /** Bytes that are written to its input at once. They are copied. */
    public Builder initialInput(byte[] input) {
      this.initialInput = input.clone();
      return this;
    }

    /** Ends its input at once, or after the initial bytes. */
    public Builder closeInputAtStart() {
      this.inputClosedAtStart = true;
      return this;
    }

    /**
     * How much input may be queued while the process does not read.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder maxQueuedInput(int bytes) {
      if (bytes <= 0) {
        throw new IllegalArgumentException(
            "maxQueuedInput: expected a positive number of bytes, got " + bytes);
      }
      this.maxQueuedInput = bytes;
      return this;
    }

    /**
     * What must have happened before the process is started; nothing by default. Runs once for each
     * start, on the thread that starts it, where it may block. If it throws, nothing is started:
     * the spawn fails as {@code adapter_error}.
     */
    public Builder beforeStart(Runnable task) {
      this.beforeStart = Objects.requireNonNull(task, "beforeStart");
      return this;
    }

    /**
     * Builds it. The builder may be used on.
     *
     * @throws IllegalArgumentException if the output is {@linkplain OutputSpec#nonced nonced} and
     *     {@link OutputSpec#NONCE_VARIABLE} is set or taken out
     */
    public ProcessSpec build() {
      String nonce = OutputSpec.NONCE_VARIABLE;
      if (output.isNonced()
          && (environment.containsKey(nonce) || withoutEnvironment.contains(nonce))) {
        throw new IllegalArgumentException(
            "environment "
                + nonce
                + ": expected to be left alone, since the output is nonced and each attempt is given"
                + " a value of its own, got "
                + (environment.containsKey(nonce)
                    ? "\"" + environment.get(nonce) + "\""
                    : "it taken out"));
      }
      return new ProcessSpec(this);
    }

    private static String requireName(String name) {
      if (name.isEmpty() || name.indexOf('=') >= 0) {
        throw new IllegalArgumentException(
            "environment: expected a name without \"=\", got \"" + name + "\"");
      }
      return requireNoNul(name, "environment");
    }

    private static String requireNoNul(String value, String what) {
      int nul = value.indexOf('\0');
      if (nul >= 0) {
        throw new IllegalArgumentException(
            what + ": expected text without NUL characters, got one at " + nul); // may be secret
      }
      return value;
    }
  }
}
