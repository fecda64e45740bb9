package dev.reliability.container.engine;

import dev.reliability.container.ContainerLabels;
import dev.reliability.container.ContainerSpec;
import dev.reliability.container.OutputSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A container to start. Immutable; made by a {@link #builder}.
 *
 * <p>Defaults: no network, the image's own user, directory and command, no limits, a writable root,
 * output in lines, input that stays open until it is closed through the handle, at most 1 MiB of
 * input queued. The image must be on the machine already: nothing is ever pulled.
 */
public final class EngineSpec implements ContainerSpec {
  private final Builder parts;
  private final List<String> command;
  private final List<Mount> mounts;
  private final Map<String, Long> tmpfs;
  private final Map<String, String> environment;
  private final Map<String, String> labels;
  private final List<String> engineArguments;

  private EngineSpec(Builder builder) {
    parts = new Builder(builder);
    command = List.copyOf(parts.command);
    mounts = List.copyOf(parts.mounts);
    tmpfs = Collections.unmodifiableMap(parts.tmpfs);
    environment = Collections.unmodifiableMap(parts.environment);
    labels = Collections.unmodifiableMap(parts.labels);
    engineArguments = List.copyOf(parts.engineArguments);
  }

  /** An image with a command, and otherwise the defaults. */
  public static EngineSpec of(String image, String... command) {
    return builder(image).command(command).build();
  }

  /**
   * Begins a spec.
   *
   * @param image the image's name or id
   * @throws IllegalArgumentException if that is not one word, or begins with {@code -}
   */
  public static Builder builder(String image) {
    return new Builder(image);
  }

  /** The image's name or id. */
  public String image() {
    return parts.image;
  }

  /** The command and its arguments; empty for the image's own. */
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
    return parts.output;
  }

  /** The most memory it may use, swap included, in bytes. */
  public OptionalLong memory() {
    return parts.memory == null ? OptionalLong.empty() : OptionalLong.of(parts.memory);
  }

  /** How many processors' time it may use. */
  public OptionalDouble cpus() {
    return parts.cpus == null ? OptionalDouble.empty() : OptionalDouble.of(parts.cpus);
  }

  /** How many processes and threads it may have. */
  public OptionalInt pids() {
    return parts.pids == null ? OptionalInt.empty() : OptionalInt.of(parts.pids);
  }

  /** The network it is in; {@code none} for no network at all. */
  public String network() {
    return parts.network;
  }

  /** Whom it runs as. */
  public Optional<String> user() {
    return Optional.ofNullable(parts.user);
  }

  /** Whether its root file system cannot be changed. */
  public boolean readOnlyRoot() {
    return parts.readOnlyRoot;
  }

  /** Its working directory. */
  public Optional<String> directory() {
    return Optional.ofNullable(parts.directory);
  }

  /** What it sees of this machine. */
  public List<Mount> mounts() {
    return mounts;
  }

  /** File systems in memory: where, and their sizes in bytes. */
  public Map<String, Long> tmpfs() {
    return tmpfs;
  }

  /** Its variables. Values may be secret: they stand in no argument and in no log. */
  public Map<String, String> environment() {
    return environment;
  }

  /** More arguments for the engine's {@code run}. */
  public List<String> engineArguments() {
    return engineArguments;
  }

  /** Bytes written to its input at once; a copy. */
  public byte[] initialInput() {
    return parts.initialInput.clone();
  }

  /** Whether its input ends right after the initial bytes. */
  public boolean inputClosedAtStart() {
    return parts.inputClosedAtStart;
  }

  /** Bytes of input that may be queued, beside the initial ones. */
  public int maxQueuedInput() {
    return parts.maxQueuedInput;
  }

  /** The image and the command; no variables, since their values may be secret. */
  @Override
  public String toString() {
    return "EngineSpec[" + parts.image + " " + command + "]";
  }

  /** Builds an {@link EngineSpec}. Not thread-safe. */
  public static final class Builder {
    private final String image;
    private List<String> command = List.of();
    private @Nullable Long memory;
    private @Nullable Double cpus;
    private @Nullable Integer pids;
    private String network = "none";
    private @Nullable String user;
    private boolean readOnlyRoot;
    private @Nullable String directory;
    private final List<Mount> mounts = new ArrayList<>();
    private final Map<String, Long> tmpfs = new LinkedHashMap<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final Map<String, String> labels = new LinkedHashMap<>();
    private final List<String> engineArguments = new ArrayList<>();
    private OutputSpec output = OutputSpec.lines();
    private byte[] initialInput = new byte[0];
    private boolean inputClosedAtStart;
    private int maxQueuedInput = 1024 * 1024;

    private Builder(String image) {
      this.image = EngineChecks.word(image, "image");
    }

    private Builder(Builder from) {
      image = from.image;
      command = from.command;
      memory = from.memory;
      cpus = from.cpus;
      pids = from.pids;
      network = from.network;
      user = from.user;
      readOnlyRoot = from.readOnlyRoot;
      directory = from.directory;
      mounts.addAll(from.mounts);
      tmpfs.putAll(from.tmpfs);
      environment.putAll(from.environment);
      labels.putAll(from.labels);
      engineArguments.addAll(from.engineArguments);
      output = from.output;
      initialInput = from.initialInput;
      inputClosedAtStart = from.inputClosedAtStart;
      maxQueuedInput = from.maxQueuedInput;
    }

    /**
     * The command and its arguments, handed on as they are: no shell looks at them. They can be
     * read by everybody on the machine, so they are no place for a secret.
     *
     * @throws IllegalArgumentException if one has a NUL character in it
     */
    public Builder command(String... words) {
      Arrays.stream(words).forEach(word -> EngineChecks.text(word, "command"));
      command = List.of(words);
      return this;
    }

    /**
     * The most memory it may use, swap included.
     *
     * @throws IllegalArgumentException if that is less than 6 MiB
     */
    public Builder memory(long bytes) {
      memory = EngineChecks.memory(bytes);
      return this;
    }

    /**
     * How many processors' time it may use, such as 0.5.
     *
     * @throws IllegalArgumentException if that is not 0.01 to 1024
     */
    public Builder cpus(double value) {
      cpus = EngineChecks.cpus(value);
      return this;
    }

    /**
     * How many processes and threads it may have.
     *
     * @throws IllegalArgumentException if that is not positive
     */
    public Builder pids(int most) {
      pids = EngineChecks.positive(most, "pids");
      return this;
    }

    /**
     * The network it is in, by default {@code none}.
     *
     * @throws IllegalArgumentException if that is not one word, or begins with {@code -}
     */
    public Builder network(String name) {
      network = EngineChecks.word(name, "network");
      return this;
    }

    /**
     * Whom it runs as: a name or number of the image's, perhaps with a group, such as {@code
     * 1000:1000}.
     *
     * @throws IllegalArgumentException if that is something else
     */
    public Builder user(String nameOrNumber) {
      user = EngineChecks.user(nameOrNumber);
      return this;
    }

    /** Makes its root file system read-only. */
    public Builder readOnlyRoot() {
      readOnlyRoot = true;
      return this;
    }

    /**
     * Its working directory.
     *
     * @throws IllegalArgumentException if that is not an absolute path
     */
    public Builder directory(String path) {
      directory = EngineChecks.path(path, "directory");
      return this;
    }

    /** Something of this machine that it sees. May be given several times. */
    public Builder mount(Mount mount) {
      mounts.add(Objects.requireNonNull(mount, "mount"));
      return this;
    }

    /**
     * A file system in memory.
     *
     * @throws IllegalArgumentException if the path is not absolute or has a colon in it, or if the
     *     size is not positive
     */
    public Builder tmpfs(String path, long bytes) {
      tmpfs.put(EngineChecks.tmpfsPath(path), EngineChecks.positive(bytes, "tmpfs " + path));
      return this;
    }

    /**
     * Sets a variable. Its value stands in no argument, no log and no error; the engine itself
     * shows it to whoever may inspect the container.
     *
     * @throws IllegalArgumentException if the name is empty or has {@code =}, {@code *} or
     *     whitespace in it, if the value has a NUL character in it, or more than one line where the
     *     engine's own command line heeds a variable of that name, such as {@code PATH}
     */
    public Builder env(String name, String value) {
      environment.put(EngineVariables.require(name, value), value);
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

    /**
     * More arguments for the engine's {@code run}, handed on as they are, for what has no method
     * here, such as {@code --cap-drop ALL}.
     *
     * @throws IllegalArgumentException if one would give the container another name, detach it or
     *     remove it behind our back, such as {@code --rm}
     */
    public Builder engineArguments(String... arguments) {
      for (String argument : arguments) {
        engineArguments.add(EngineChecks.argument(argument));
      }
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
     * How much input may be queued while it does not read.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder maxQueuedInput(int bytes) {
      maxQueuedInput = EngineChecks.positive(bytes, "maxQueuedInput");
      return this;
    }

    /**
     * Builds it. The builder may be used on.
     *
     * @throws IllegalArgumentException if the output is {@linkplain OutputSpec#nonced nonced} and
     *     {@link OutputSpec#NONCE_VARIABLE} is set
     */
    public EngineSpec build() {
      if (output.isNonced() && environment.containsKey(OutputSpec.NONCE_VARIABLE)) {
        throw new IllegalArgumentException(
            "environment "
                + OutputSpec.NONCE_VARIABLE
                + ": expected no value, since the output is nonced and each attempt is given one of"
                + " its own, got one");
      }
      return new EngineSpec(this);
    }
  }
}
