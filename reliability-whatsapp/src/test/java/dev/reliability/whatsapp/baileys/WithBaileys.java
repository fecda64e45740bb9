package dev.reliability.whatsapp.baileys;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Needs Node and the client library itself, which npm installs under {@code target} for the first
 * test that needs it. Where that cannot be, the tests are skipped and say why.
 */
@Tag("needs-node")
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(WithBaileys.Condition.class)
@interface WithBaileys {

  /** Where the package is, once a test runs. */
  Path PACKAGE = Path.of("target", "node", "node_modules", "baileys").toAbsolutePath();

  /** Whether it can be had. */
  final class Condition implements ExecutionCondition {
    private static final int LEAST_NODE = 20;
    private static final String MISSING = missing();

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      return MISSING.isEmpty()
          ? ConditionEvaluationResult.enabled("baileys is there")
          : ConditionEvaluationResult.disabled("needs Node: " + MISSING);
    }

    private static String missing() {
      try {
        String version = output(Path.of("."), "node", "--version");
        if (!version.matches("v\\d+\\.[\\s\\S]*")
            || Integer.parseInt(version.substring(1, version.indexOf('.'))) < LEAST_NODE) {
          return "node " + LEAST_NODE + " or later is not installed (apt-get install nodejs npm)";
        }
        if (!Files.exists(PACKAGE.resolve("package.json"))) {
          install();
        }
        return "";
      } catch (IOException e) {
        return "node 20 or later and npm are not installed, or npm has no registry: " + e;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return "interrupted";
      }
    }

    private static void install() throws IOException, InterruptedException {
      Path home = Path.of("target", "node");
      Files.createDirectories(home);
      try (FileChannel lock = FileChannel.open(home.resolve("lock"), CREATE, WRITE);
          FileLock mine = lock.lock()) {
        if (!Files.exists(PACKAGE.resolve("package.json")) && mine.isValid()) {
          installAlone(home);
        }
      }
    }

    private static void installAlone(Path home) throws IOException, InterruptedException {
      for (String file : List.of("package.json", "package-lock.json", ".npmrc")) {
        Files.copy(
            Path.of("src", "test", "node", file),
            home.resolve(file),
            StandardCopyOption.REPLACE_EXISTING);
      }
      output(home, "npm", "ci", "--omit=optional", "--omit=peer");
    }

    private static String output(Path directory, String... command)
        throws IOException, InterruptedException {
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + ": " + output.strip());
      }
      return output;
    }
  }
}
