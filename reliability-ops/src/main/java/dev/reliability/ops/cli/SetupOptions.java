package dev.reliability.ops.cli;

import dev.reliability.core.config.Setting;
import dev.reliability.core.gate.ConfigHash;
import dev.reliability.ops.doctor.Safeguard;
import dev.reliability.ops.setup.Installation;
import dev.reliability.ops.setup.InstallationException;
import dev.reliability.ops.setup.InstallationReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where an installation says what it needs, and its settings. */
final class SetupOptions {
  private static final String NAME = "reliability.json";
  private static final int LARGEST = 1 << 20;
  private static final Pattern LINE =
      Pattern.compile("(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)");

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "What the installation needs; DIR/" + NAME + " by default, if it is there.")
  @Nullable Path config;

  @Option(
      names = "--env",
      paramLabel = "FILE",
      description = "Settings as lines NAME=VALUE, instead of those of this process.")
  @Nullable Path env;

  private @Nullable Map<String, String> settings;

  /**
   * What the installation says of itself.
   *
   * @throws CommandException if the file that was named is not there, cannot be read or cannot be
   *     used
   */
  Installation installation(Workplace workplace) {
    Path file = config == null ? workplace.directory().resolve(NAME) : config;
    Set<String> safeguards = new LinkedHashSet<>();
    for (Safeguard one : Safeguard.values()) {
      safeguards.add(one.wireName());
    }
    try {
      return InstallationReader.read(file, safeguards);
    } catch (NoSuchFileException e) {
      if (config == null) {
        return Installation.none(workplace.directory());
      }
      throw CommandException.usage("there is no " + file + ": expected a file (--config)");
    } catch (IOException e) {
      throw CommandException.usage(file + " cannot be read: " + e);
    } catch (InstallationException e) {
      throw CommandException.usage(String.valueOf(e.getMessage()));
    }
  }

  /** A line that says where the installation is declared, or that it is not. */
  String line(Installation installation, Workplace workplace) {
    return installation.file() == null
        ? "no "
            + workplace.directory().resolve(NAME)
            + ": nothing is declared, and what is asked by default is"
        : "declared in " + installation.file();
  }

  /** The settings: of the file if one was named, else of this process. */
  Map<String, String> settings() {
    Map<String, String> known = settings;
    if (known == null) {
      Path file = env;
      known = file == null ? System.getenv() : read(file);
      settings = known;
    }
    return known;
  }

  /** The settings, and what else this process knows: passwords, for example. */
  Map<String, String> environment() {
    Map<String, String> all = new TreeMap<>(System.getenv());
    all.putAll(settings());
    return all;
  }

  /** A name for everything that is configured: what a gate's passes are counted under. */
  String hash(Installation installation) {
    Map<String, String> all = new TreeMap<>();
    settings()
        .forEach(
            (name, value) -> {
              for (Setting setting : Setting.values()) {
                if ((name.equals(setting.name())
                        || name.startsWith(setting.name() + Setting.LANE_SEPARATOR))
                    && !value.isBlank()) {
                  all.put(name, value.strip());
                }
              }
            });
    all.put(NAME, installation.content());
    return ConfigHash.of(all);
  }

  private static Map<String, String> read(Path file) {
    List<String> problems = new ArrayList<>();
    Map<String, String> read = new TreeMap<>();
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw CommandException.usage(
            file + " cannot be used: expected at most " + LARGEST + " bytes, got more");
      }
      int number = 0;
      for (String line : new String(bytes, StandardCharsets.UTF_8).lines().toList()) {
        number++;
        String text = line.strip();
        Matcher matcher = LINE.matcher(text);
        if (matcher.matches()) {
          if (read.put(matcher.group(1), unquoted(matcher.group(2).strip())) != null) {
            problems.add("line " + number + ": expected each name once, got " + matcher.group(1));
          }
        } else if (!text.isEmpty() && !text.startsWith("#")) {
          problems.add("line " + number + ": expected NAME=VALUE, got something else");
        }
      }
    } catch (IOException e) {
      throw CommandException.usage("--env " + file + " cannot be read: " + e);
    }
    if (!problems.isEmpty()) {
      throw CommandException.usage(file + " cannot be used:\n  " + String.join("\n  ", problems));
    }
    return read;
  }

  private static String unquoted(String value) {
    boolean quoted =
        value.length() >= 2
            && (value.startsWith("\"") || value.startsWith("'"))
            && value.charAt(0) == value.charAt(value.length() - 1);
    return quoted ? value.substring(1, value.length() - 1) : value;
  }
}
