package dev.reliability.container.process;

import dev.reliability.container.OutputSpec;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.SpawnFailure.Kind;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts processes, each with a fence around it, and says why one did not start. */
final class Launcher {
  private static final Logger log = LoggerFactory.getLogger(Launcher.class);
  private static final int STRAY_ROUNDS = 3;

  /** The last step, which tests replace. */
  @FunctionalInterface
  interface Starter {
    Process start(ProcessBuilder builder) throws IOException;
  }

  private final ProcSource source;
  private final Enclosure enclosure;
  private final Starter starter;
  private final Semaphore permits = new Semaphore(2 * Runtime.getRuntime().availableProcessors());

  Launcher(ProcSource source, Enclosure enclosure, Starter starter) {
    this.source = source;
    this.enclosure = enclosure;
    this.starter = starter;
  }

  /**
   * Starts a process. May block for as long as the file system does.
   *
   * @param name of the attempt
   * @param nonce what the process is told; null for nothing
   */
  Child launch(String name, ProcessSpec spec, Cookie cookie, @Nullable Nonce nonce)
      throws SpawnRefused {
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
    Cgroup group = makeGroup(name);
    List<String> command = enclosure.words(group);
    command.add(program);
    command.addAll(spec.command().subList(1, spec.command().size()));
    Process process = start(builder.command(command), program, cookie, group);
    ProcStat now = source.read(process.pid());
    Fence fence = new Fence(source, cookie, process.pid(), now, enclosure.guarantee(), group);
    return new Child(process, fence, enclosure, program.substring(program.lastIndexOf('/') + 1));
  }

  private @Nullable Cgroup makeGroup(String name) throws SpawnRefused {
    CgroupBase groups = enclosure.groups();
    if (groups == null) {
      return null;
    }
    try {
      return groups.create(name);
    } catch (IOException e) {
      throw new SpawnRefused(
          Kind.NO_RESOURCES, "no control group could be made in " + groups.directory() + ": " + e);
    }
  }

  private Process start(
      ProcessBuilder builder, String program, Cookie cookie, @Nullable Cgroup group)
      throws SpawnRefused {
    permits.acquireUninterruptibly();
    try {
      return starter.start(builder);
    } catch (IOException e) {
      removeGroup(group);
      throw new SpawnRefused(withSizes(SpawnErrors.classify(e, "command: " + program), builder));
    } catch (RuntimeException | Error e) {
      // Out of threads or memory, perhaps after the process was made: the JDK then knows nothing of
      // it any more.
      killStrays(cookie, group);
      removeGroup(group);
      throw new SpawnRefused(SpawnErrors.classify(e, "command: " + program));
    } finally {
      permits.release();
    }
  }

  private static void removeGroup(@Nullable Cgroup group) {
    if (group != null && !group.remove()) {
      log.warn("Control group {} is left, somebody is inside", group.directory());
    }
  }

  private void killStrays(Cookie cookie, @Nullable Cgroup group) {
    long self = ProcessHandle.current().pid();
    for (int round = 0; round < STRAY_ROUNDS; round++) {
      for (ProcStat stat : source.scan().all()) {
        if (stat.parent() == self && !stat.isDead() && source.carries(stat.pid(), cookie)) {
          log.warn("Killing {}, which was started but cannot be watched", stat.describe());
          Fence stray = new Fence(source, cookie, stat.pid(), stat, enclosure.guarantee(), group);
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
}
