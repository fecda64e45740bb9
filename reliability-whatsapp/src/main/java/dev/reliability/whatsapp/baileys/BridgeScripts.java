package dev.reliability.whatsapp.baileys;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The bridge's scripts. They ship in the jar, and are put into a directory that is named after what
 * they say, inside the directory of the credentials: nobody else may write there.
 */
final class BridgeScripts {
  private static final List<String> NAMES =
      List.of("bridge.mjs", "connection.mjs", "auth-dir.mjs", "signal.mjs");
  private static final Map<String, byte[]> SCRIPTS = read();
  private static final String DIRECTORY = ".bridge-" + hash();

  private BridgeScripts() {}

  /** Where the script to start is, or will be. */
  static Path main(Path authDir) {
    return authDir.resolve(DIRECTORY).resolve(NAMES.get(0));
  }

  /**
   * Writes what is not there as it should be.
   *
   * @throws UncheckedIOException naming the path, if that cannot be done
   */
  static void writeTo(Path authDir) {
    Path directory = authDir.resolve(DIRECTORY);
    try {
      makePrivate(authDir);
      makePrivate(directory);
      for (Map.Entry<String, byte[]> script : SCRIPTS.entrySet()) {
        Path file = directory.resolve(script.getKey());
        if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), script.getValue())) {
          Path temporary = Files.createTempFile(directory, "new", ".tmp");
          Files.write(temporary, script.getValue());
          Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("authDir: cannot write to " + authDir + ": " + e, e);
    }
  }

  private static void makePrivate(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      FileAttribute<?>[] mine =
          directory.getFileSystem().supportedFileAttributeViews().contains("posix")
              ? new FileAttribute<?>[] {
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
              }
              : new FileAttribute<?>[0];
      Files.createDirectories(directory, mine);
    }
  }

  private static Map<String, byte[]> read() {
    Map<String, byte[]> scripts = new LinkedHashMap<>();
    for (String name : NAMES) {
      try (InputStream in = BridgeScripts.class.getResourceAsStream(name)) {
        if (in == null) {
          throw new IllegalStateException("this library lacks its resource " + name);
        }
        scripts.put(name, in.readAllBytes());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return scripts;
  }

  private static String hash() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      SCRIPTS.values().forEach(digest::update);
      return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
