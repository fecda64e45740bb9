package dev.reliability.container.process;

import dev.reliability.container.OutputSpec;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.SpawnFailure.Kind;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts processes, each in a session of its own where the system has the program for that, and
 * says why one did not start.
 */
final class Launcher {
  private static final Logger log = LoggerFactory.getLogger(Launcher.class);
  private static final List<String> SETSID = List.of("/usr/bin/setsid", "/bin/setsid");
  private static final int STRAY_ROUNDS = 3;

  /** The last step, which tests replace. */
  @FunctionalInterface
  interface Starter {
    Process start(ProcessBuilder builder) throws IOException;
  }

  private final ProcSource source;
  private final @Nullable String setsid;
  private final Starter starter;
  private final Semaphore permits = new Semaphore(2 * Runtime.getRuntime().availableProcessors());

  Launcher(ProcSource source, @Nullable String setsid, Starter starter) {
    this.source = source;
    this.setsid = setsid;
    this.starter = starter;
  }

  /**
   * The wrapper to use on this system; null if there is none, or no way to find a session's
   * members.
   */
  static @Nullable String findSetsid(ProcSource source) {
    if (!source.knowsSessions()) {
      return null;
    }
    return SETSID.stream().filter(path -> new File(path).canExecute()).findFirst().orElse(null);
  }

  /**
   * Starts a process, which is told {@code nonce} unless that is null. May block for as long as the
   * file system does.
   */
  Child launch(ProcessSpec spec, Cookie cookie, @Nullable Nonce nonce) throws SpawnRefused {
    ProcessBuilder builder = new ProcessBuilder();
    Map<String, String> environment = builder.environment();
    environment.keySet().removeAll(spec.withoutEnvironment());
    environment.remove(OutputSpec.NONCE_VARIABLE); // this process's own, if it is a worker itself
    environment.putAll(spec.environment());
    environment.put(Cookie.NAME, cookie.value());
    if (nonce != null) {
      environment.put(OutputSpec.NONCE_VARIABLE, nonce.value());
    }
    File directory = spec.directory() == null ? null : spec.directory().toFile();
    if (directory != null) {
      builder.directory(directory);
    }
    String program = ProgramFinder.find(spec.command().get(0), directory, environment);
    List<String> command = new ArrayList<>();
    if (setsid != null) {
      command.add(setsid);
    }
    command.add(program);
    command.addAll(spec.command().subList(1, spec.command().size()));
    Process process = start(builder.command(command), program, cookie);
    return new Child(
        process,
        new Fence(source, cookie, process.pid(), source.read(process.pid()), setsid != null),
        setsid == null ? "" : baseName(setsid),
        baseName(program));
  }

  private Process start(ProcessBuilder builder, String program, Cookie cookie) throws SpawnRefused {
    permits.acquireUninterruptibly();
    try {
      return starter.start(builder);
    } catch (IOException e) {
      throw new SpawnRefused(withSizes(SpawnErrors.classify(e, "command: " + program), builder));
    } catch (RuntimeException | Error e) {
      // Out of threads or memory, perhaps after the process was made: the JDK then knows nothing of
      // it any more.
      killStrays(cookie);
      throw new SpawnRefused(SpawnErrors.classify(e, "command: " + program));
    } finally {
      permits.release();
    }
  }

  private void killStrays(Cookie cookie) {
    long self = ProcessHandle.current().pid();
    for (int round = 0; round < STRAY_ROUNDS; round++) {
      for (ProcStat stat : source.scan().all()) {
        if (stat.parent() == self && !stat.isDead() && source.carries(stat.pid(), cookie)) {
          log.warn("Killing {}, which was started but cannot be watched", stat.describe());
          Fence stray = new Fence(source, cookie, stat.pid(), stat, setsid != null);
          stray.killAndFindMembers().forEach(member -> stray.signal(member, true));
        }
      }
    }
  }

  private static SpawnFailure withSizes(SpawnFailure failure, ProcessBuilder builder) {
    if (failure.kind() != Kind.ARGUMENTS_TOO_LONG) {
      return failure;
    }
    long arguments = builder.command().stream().mapToLong(String::length).sum();
    long variables =
        builder.environment().entrySet().stream()
            .mapToLong(variable -> variable.getKey().length() + variable.getValue().length())
            .sum();
    return new SpawnFailure(
        failure.kind(),
        failure.detail()
            + " ("
            + arguments
            + " characters of arguments, "
            + variables
            + " of environment)");
  }

  private static String baseName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
