package dev.reliability.core.check;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The usual checks that need nothing but the JDK. All are made on strands that may block. */
public final class Checks {
  private Checks() {}

  /** A regular file that can be read and is not empty. */
  public static DependencyCheck file(Path file) {
    Objects.requireNonNull(file, "file");
    return DependencyCheck.blocking(
        context -> {
          String problem = problem(file);
          return problem == null
              ? CheckResult.passed(file + " is there")
              : CheckResult.failed(file + " " + problem);
        });
  }

  /**
   * Several files, each as {@link #file}. The reason lists every one that is missing or empty.
   *
   * @param files by the name under which people know them; listed in the order of the names
   * @throws IllegalArgumentException if there are none
   */
  public static DependencyCheck files(Map<String, Path> files) {
    Map<String, Path> all = new TreeMap<>(files);
    if (all.isEmpty()) {
      throw new IllegalArgumentException("files: expected at least one, got none");
    }
    return DependencyCheck.blocking(
        context -> {
          List<String> problems = new ArrayList<>();
          all.forEach(
              (name, file) -> {
                String problem = problem(file);
                if (problem != null) {
                  problems.add(name + " (" + file + ") " + problem);
                }
              });
          return problems.isEmpty()
              ? CheckResult.passed("all " + all.size() + " files are there")
              : CheckResult.failed(String.join("; ", problems));
        });
  }

  /** A directory that can be read. */
  public static DependencyCheck directory(Path directory) {
    Objects.requireNonNull(directory, "directory");
    return DependencyCheck.blocking(
        context -> {
          String problem = unseen(directory);
          if (problem != null) {
            return CheckResult.failed(directory + " " + problem);
          } else if (!Files.isDirectory(directory)) {
            return CheckResult.failed(directory + " is no directory");
          }
          return Files.isReadable(directory)
              ? CheckResult.passed(directory + " is there")
              : CheckResult.failed(directory + " cannot be read by this user");
        });
  }

  /**
   * Somebody who accepts connections. The connection is closed at once.
   *
   * @throws IllegalArgumentException if the port is none
   */
  public static DependencyCheck tcp(String host, int port) {
    Objects.requireNonNull(host, "host");
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port: expected 1 to 65535, got " + port);
    }
    String where = host + ":" + port;
    return DependencyCheck.blocking(
        context -> {
          InetSocketAddress address = new InetSocketAddress(host, port);
          if (address.isUnresolved()) {
            return CheckResult.failed(where + ": the name of the host cannot be resolved");
          }
          // a channel, because an interrupt ends its connect; that of a socket goes on
          try (SocketChannel channel = SocketChannel.open(address)) {
            return CheckResult.passed(where + " accepts connections");
          } catch (IOException e) {
            return CheckResult.failed(where + ": " + e.getMessage());
          }
        });
  }

  /** Why it cannot be looked at; only what is surely missing is said to be not there. */
  private static @Nullable String unseen(Path path) {
    try {
      Files.readAttributes(path, BasicFileAttributes.class);
      return null;
    } catch (NoSuchFileException e) {
      return "is not there";
    } catch (AccessDeniedException e) {
      return "cannot be looked at by this user: permission denied on the way to it";
    } catch (IOException e) {
      return "cannot be looked at: " + e;
    }
  }

  private static @Nullable String problem(Path file) {
    String unseen = unseen(file);
    if (unseen != null) {
      return unseen;
    } else if (!Files.isRegularFile(file)) {
      return "is no regular file";
    } else if (!Files.isReadable(file)) {
      return "cannot be read by this user";
    }
    try {
      return Files.size(file) == 0 ? "is empty" : null;
    } catch (IOException e) {
      return "cannot be looked at: " + e;
    }
  }
}
