package dev.reliability.container.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out which fence this machine has, by trying, and says in the log if it is a weaker one. */
final class FenceFinder {
  private static final Logger log = LoggerFactory.getLogger(ProcessRuntime.class);
  private static final int EXPECTED_CODE = 7;

  /**
   * Programs, by where they are. A shell that hands on variables with any name comes first; it
   * heeds no variable that would change what it does.
   */
  private static final List<String> SETSID = List.of("/usr/bin/setsid", "/bin/setsid");

  private static final List<String> UNSHARE = List.of("/usr/bin/unshare", "/bin/unshare");
  private static final List<String> BASH = List.of("/usr/bin/bash", "/bin/bash");
  private static final String SHELL = "/bin/sh";
  private static final List<List<String>> USERS =
      List.of(List.of(), List.of("--user", "--map-current-user"));

  /** What a command came to. */
  record Tried(int code, String said) {}

  /** Runs a command to its end, within a fixed time. */
  @FunctionalInterface
  interface Trial {
    /** Runs it; fails if it cannot be started or does not end. */
    Tried run(List<String> command) throws IOException;
  }

  private final ProcSource source;
  private final Trial trial;
  private final Predicate<String> isThere;

  /** A finder on this machine. */
  static FenceFinder system(ProcSource source) {
    return new FenceFinder(source, new SystemTrial(), path -> new File(path).canExecute());
  }

  /**
   * A finder.
   *
   * @param isThere whether there is a program of this path
   */
  FenceFinder(ProcSource source, Trial trial, Predicate<String> isThere) {
    this.source = source;
    this.trial = trial;
    this.isThere = isThere;
  }

  /**
   * The wanted fence, or the next best. Blocks while a few short processes run.
   *
   * @param base where control groups are made; null for the group that this process is in
   */
  Enclosure find(ProcessFence wanted, @Nullable Path base) {
    String setsid = source.knowsSessions() ? first(SETSID) : null;
    Enclosure fallback = setsid == null ? Enclosure.none() : Enclosure.session(setsid);
    if (wanted == ProcessFence.GROUP) {
      return fallback;
    }
    List<String> problems = new ArrayList<>();
    Enclosure found = null;
    if (setsid == null) {
      problems.add("there is no setsid or no /proc");
    } else if (wanted == ProcessFence.PID_NAMESPACE) {
      found = namespace(setsid, problems);
    } else {
      found = group(setsid, base, problems);
    }
    if (found == null) {
      log.warn(
          "Fence {} cannot be had here, {} is used instead: {}",
          wanted.wireName(),
          fallback.guarantee(),
          String.join("; ", problems));
      return fallback;
    }
    return found;
  }

  private @Nullable Enclosure namespace(String setsid, List<String> problems) {
    String unshare = first(UNSHARE);
    if (unshare == null) {
      problems.add("there is no " + UNSHARE.get(0));
      return null;
    }
    for (List<String> user : USERS) {
      List<String> words = new ArrayList<>(List.of(unshare));
      words.addAll(user);
      words.addAll(
          List.of("--fork", "--pid", "--kill-child", "--mount-proc", "--propagation", "slave"));
      Enclosure enclosure = Enclosure.namespace(setsid, words, shell());
      if (works(enclosure, null, problems)) {
        return enclosure;
      }
    }
    return null;
  }

  private @Nullable Enclosure group(String setsid, @Nullable Path base, List<String> problems) {
    CgroupBase groups = base == null ? CgroupBase.own() : new CgroupBase(base);
    if (groups == null) {
      problems.add("this process is in no control group of version 2");
      return null;
    }
    Cgroup group;
    try {
      group = groups.create("probe");
    } catch (IOException e) {
      problems.add("no group can be made in " + groups.directory() + ": " + e);
      return null;
    }
    try {
      Enclosure enclosure = Enclosure.group(setsid, shell(), groups);
      if (!works(enclosure, group, problems)) {
        return null;
      }
      if (!group.kill()) {
        problems.add("the kernel has no cgroup.kill in " + group.directory());
        return null;
      }
      return enclosure;
    } finally {
      group.remove();
    }
  }

  private boolean works(Enclosure enclosure, @Nullable Cgroup group, List<String> problems) {
    List<String> command = enclosure.words(group);
    command.addAll(List.of(SHELL, "-c", "exit " + EXPECTED_CODE));
    try {
      Tried tried = trial.run(command);
      if (tried.code() == EXPECTED_CODE) {
        return true;
      }
      problems.add(command + " ended with " + tried.code() + ": " + tried.said().strip());
    } catch (IOException | RuntimeException e) {
      problems.add(command + ": " + e.getMessage());
    }
    return false;
  }

  private List<String> shell() {
    String bash = first(BASH);
    return bash == null ? List.of(SHELL, "-c") : List.of(bash, "-p", "-c");
  }

  private @Nullable String first(List<String> paths) {
    return paths.stream().filter(isThere).findFirst().orElse(null);
  }
}
