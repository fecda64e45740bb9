package dev.reliability.core.incident;

import com.google.common.hash.Hashing;
import com.google.common.hash.HashingOutputStream;
import com.google.common.io.ByteStreams;
import dev.reliability.core.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The bytes of evidence, in files that are named after what is in them. A file is there whole or
 * not at all, also after a crash. Thread-safe.
 */
final class EvidenceFiles {
  private static final Pattern FINE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  private final Path directory;

  EvidenceFiles(Path directory) {
    this.directory = directory.toAbsolutePath().normalize();
  }

  /**
   * Checks the name of evidence.
   *
   * @throws IllegalArgumentException naming it if it cannot be one
   */
  static String checkedName(String name) {
    Objects.requireNonNull(name, "evidence");
    if (!FINE.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "evidence: expected a name of 1 to 100 letters, digits and . _ -, got \"" + name + "\"");
    }
    return name;
  }

  /** Bytes that were taken in. */
  record Stored(String sha256, long size, Path file) {}

  /** Takes in everything that {@code from} has. */
  Stored store(String incident, String name, InputStream from) {
    try {
      Path home = Files.createDirectories(directory.resolve(incident));
      Path temporary = Files.createTempFile(home, ".", ".part");
      try {
        Sum sum = copy(from, temporary);
        if (sum.size() == 0) {
          throw new IllegalArgumentException(
              "evidence " + name + ": expected something in it, got nothing");
        }
        Path file = home.resolve(sum.sha256().substring(0, 16) + "-" + name);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        force(home);
        return new Stored(sum.sha256(), sum.size(), file);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new StoreException("evidence " + name + " of " + incident + " cannot be kept: " + e, e);
    }
  }

  /** A file's hash and size. */
  record Sum(String sha256, long size) {}

  /** Copies, and forces what was written to the disk. */
  static Sum copy(InputStream from, Path to) throws IOException {
    try (FileChannel channel =
            FileChannel.open(
                to,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING);
        HashingOutputStream out =
            new HashingOutputStream(Hashing.sha256(), Channels.newOutputStream(channel))) {
      long size = from.transferTo(out);
      out.flush();
      channel.force(true);
      return new Sum(out.hash().toString(), size);
    }
  }

  /** The hash of a file as it is now; empty if it cannot be read. */
  static Optional<Sum> sum(Path file) {
    try (InputStream in = Files.newInputStream(file);
        HashingOutputStream out =
            new HashingOutputStream(Hashing.sha256(), OutputStream.nullOutputStream())) {
      long size = ByteStreams.copy(in, out);
      return Optional.of(new Sum(out.hash().toString(), size));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Forces a directory, where the system has a notion of that. */
  static void force(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // a system without it keeps directories by itself
    }
  }
}
