package dev.reliability.core.incident;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import dev.reliability.core.store.StoreException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything about an incident in one directory (requirements H1, H5): {@code incident.txt}, the
 * evidence, and {@code manifest.sha256}, which lists the hash of every file in the form that {@code
 * sha256sum -c manifest.sha256} reads.
 */
public final class EvidenceBundle {
  /** The file that lists all others. */
  public static final String MANIFEST = "manifest.sha256";

  private static final Logger log = LoggerFactory.getLogger(EvidenceBundle.class);
  private static final Pattern LINE = Pattern.compile("([0-9a-f]{64})  (.+)");

  private EvidenceBundle() {}

  /** Writes a bundle; it is there whole or not at all. Gives the manifest's hash. */
  static String write(
      Incident incident, List<Note> notes, List<Evidence> evidence, Path directory) {
    if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      throw new IllegalArgumentException(
          "bundle: expected a directory that is not there yet, got " + directory);
    }
    Path target = directory.toAbsolutePath();
    Path parent = target.getParent();
    Path part = null;
    try {
      Files.createDirectories(parent == null ? target : parent);
      part = Files.createTempDirectory(parent == null ? target : parent, ".bundle-");
      Files.createDirectory(part.resolve("evidence"));
      Map<String, String> hashes = new TreeMap<>();
      put(part, "incident.txt", IncidentText.of(incident, notes, evidence), hashes);
      for (Evidence one : evidence) {
        copy(part, one, hashes);
      }
      StringBuilder manifest = new StringBuilder();
      hashes.forEach((file, hash) -> manifest.append(hash).append("  ").append(file).append('\n'));
      String own = put(part, MANIFEST, manifest.toString(), new TreeMap<>());
      EvidenceFiles.force(part.resolve("evidence"));
      EvidenceFiles.force(part);
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      return own;
    } catch (IOException e) {
      throw new StoreException("bundle " + directory + " cannot be written: " + e, e);
    } finally {
      clear(part);
    }
  }

  /**
   * Looks whether a bundle is as it was written.
   *
   * @return everything that is wrong with it: files that are missing, were altered or added, and
   *     lines of the manifest that cannot be read; empty if it is whole
   */
  public static List<String> verify(Path directory) {
    List<String> problems = new ArrayList<>();
    Map<String, String> hashes = new TreeMap<>();
    try {
      for (String line : Files.readAllLines(directory.resolve(MANIFEST))) {
        Matcher matcher = LINE.matcher(line);
        if (matcher.matches()) {
          hashes.put(matcher.group(2), matcher.group(1));
        } else {
          problems.add(MANIFEST + ": expected a hash and a file, got \"" + line + "\"");
        }
      }
      hashes.forEach((file, hash) -> look(directory, file, hash, problems));
      added(directory, hashes, problems);
    } catch (IOException e) {
      problems.add(MANIFEST + ": cannot be read: " + e);
    }
    return problems;
  }

  /**
   * The same, and whether the manifest is the one that was written.
   *
   * @param manifest what {@link IncidentRegistry#bundle} gave
   */
  public static List<String> verify(Path directory, String manifest) {
    List<String> problems = verify(directory);
    String now =
        EvidenceFiles.sum(directory.resolve(MANIFEST)).map(EvidenceFiles.Sum::sha256).orElse("-");
    if (!now.equals(manifest)) {
      problems.add(0, MANIFEST + ": expected sha256 " + manifest + ", got " + now);
    }
    return problems;
  }

  // ---- how ----

  private static void look(Path directory, String file, String hash, List<String> problems) {
    Path path = directory.resolve(file).normalize();
    if (!path.startsWith(directory.normalize())) {
      problems.add(file + ": is outside the bundle");
      return;
    }
    String now = EvidenceFiles.sum(path).map(EvidenceFiles.Sum::sha256).orElse("");
    if (now.isEmpty()) {
      problems.add(file + ": is missing or cannot be read");
    } else if (!now.equals(hash)) {
      problems.add(file + ": expected sha256 " + hash + ", got " + now);
    }
  }

  private static void added(Path directory, Map<String, String> hashes, List<String> problems)
      throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files
          .filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
          .map(file -> directory.relativize(file).toString().replace('\\', '/'))
          .filter(file -> !file.equals(MANIFEST) && !hashes.containsKey(file))
          .sorted()
          .forEach(file -> problems.add(file + ": is not in the manifest"));
    }
  }

  private static void copy(Path part, Evidence one, Map<String, String> hashes) throws IOException {
    String file = "evidence/" + one.number() + "-" + one.name();
    try (InputStream in = Files.newInputStream(one.file())) {
      EvidenceFiles.Sum sum = EvidenceFiles.copy(in, part.resolve(file));
      if (!sum.sha256().equals(one.sha256())) {
        throw new StoreException(
            "evidence #"
                + one.number()
                + " "
                + one.name()
                + ": expected sha256 "
                + one.sha256()
                + ", got "
                + sum.sha256()
                + " in "
                + one.file(),
            null);
      }
      hashes.put(file, sum.sha256());
    }
  }

  private static String put(Path part, String file, String text, Map<String, String> hashes)
      throws IOException {
    EvidenceFiles.Sum sum =
        EvidenceFiles.copy(
            new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), part.resolve(file));
    hashes.put(file, sum.sha256());
    return sum.sha256();
  }

  private static void clear(@Nullable Path part) {
    try {
      if (part != null && Files.exists(part, LinkOption.NOFOLLOW_LINKS)) {
        MoreFiles.deleteRecursively(part, RecursiveDeleteOption.ALLOW_INSECURE);
      }
    } catch (IOException e) {
      log.warn("what is left of a bundle could not be removed: {}", part, e);
    }
  }
}
