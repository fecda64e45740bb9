package dev.reliability.container.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file of variables that only this user can read, for as long as a container is being made. */
final class VariablesFile {
  private static final Logger log = LoggerFactory.getLogger(VariablesFile.class);
  private static final Path MEMORY = Path.of("/dev/shm");

  private final @Nullable Path path;

  private VariablesFile(@Nullable Path path) {
    this.path = path;
  }

  /** No file. */
  static VariablesFile none() {
    return new VariablesFile(null);
  }

  /**
   * Writes what the command line itself would heed, in memory where the system has such a place.
   *
   * @param container its name, which nobody else has
   * @throws UncheckedIOException if it cannot be written; nothing is left of it then
   */
  static VariablesFile write(String container, Map<String, String> environment) {
    String lines =
        environment.entrySet().stream()
            .filter(variable -> EngineVariables.isHeeded(variable.getKey()))
            .map(variable -> variable.getKey() + "=" + variable.getValue() + "\n")
            .collect(Collectors.joining());
    if (lines.isEmpty()) {
      return none();
    }
    VariablesFile file = null;
    try {
      file = new VariablesFile(create(container));
      Files.writeString(file.required(), lines);
      return file;
    } catch (IOException e) {
      if (file != null) {
        file.remove();
      }
      throw new UncheckedIOException("the file for variables", e);
    }
  }

  /** The one that a dead incarnation may have left when it was about to make a container. */
  static VariablesFile leftOf(String container) {
    return new VariablesFile(place(container));
  }

  @Nullable Path path() {
    return path;
  }

  /** Removes it. May be called again. */
  void remove() {
    if (path != null) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        log.warn("The file for variables {} could not be removed", path, e);
      }
    }
  }

  private Path required() throws IOException {
    if (path == null) {
      throw new IOException("there is no file");
    }
    return path;
  }

  private static Path create(String container) throws IOException {
    var onlyOurs =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    return Files.createFile(place(container), onlyOurs);
  }

  private static Path place(String container) {
    Path directory =
        Files.isWritable(MEMORY) ? MEMORY : Path.of(System.getProperty("java.io.tmpdir"));
    return directory.resolve("reliability-" + container + ".env");
  }
}
