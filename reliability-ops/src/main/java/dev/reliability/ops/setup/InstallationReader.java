package dev.reliability.ops.setup;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reliability.core.event.RunState;
import dev.reliability.core.store.StoredText;
import java.io.IOException;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code reliability.json}: strictly, and with one error for everything that is wrong. */
public final class InstallationReader {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Set<String> ENGINES = new TreeSet<>(List.of("docker", "nerdctl", "podman"));
  private static final List<String> KINDS = List.of("files", "command", "http", "jdbc");
  private final Path file;
  private final Set<String> safeguards;
  private final List<String> problems = new ArrayList<>();
  private final Set<String> names = new LinkedHashSet<>(); // of dependencies

  private InstallationReader(Path file, Set<String> safeguards) {
    this.file = file;
    this.safeguards = safeguards;
  }

  /**
   * Reads a file.
   *
   * @param safeguards the names that {@code doctor.without} may have
   * @throws NoSuchFileException if it is not there
   * @throws IOException if it cannot be read
   * @throws InstallationException listing everything that is wrong with what stands there, with its
   *     path, its value and what was expected
   */
  public static Installation read(Path file, Set<String> safeguards) throws IOException {
    return new InstallationReader(file, safeguards).read();
  }

  private Installation read() throws IOException {
    JsonNode root = JsonFile.read(file);
    Fields fields = new Fields(root, "", problems);
    Path ledger = fields.text("ledger", this::path, path("ledger"));
    List<Installation.Containers> engines = engines(fields);
    List<Dependency> dependencies = dependencies(fields);
    Installation.Gate gate = gate(fields.inner("gate"));
    Installation.Doctor doctor = doctor(fields.inner("doctor"));
    fields.done();
    if (!problems.isEmpty()) {
      throw new InstallationException(file.toString(), problems);
    }
    return new Installation(file, root.toString(), ledger, engines, dependencies, gate, doctor);
  }

  /** Beside the file. */
  private Path path(String text) {
    try {
      return file.toAbsolutePath().resolveSibling(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("expected a path, got \"" + text + "\"", e);
    }
  }

  private static List<Installation.Containers> engines(Fields fields) {
    List<Installation.Containers> engines = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    for (Fields one : fields.inners("engines")) {
      for (String name : List.of("engine", "owner")) {
        if (!one.has(name)) {
          one.wrong(name, "expected a text, got nothing");
        }
      }
      String engine = one.text("engine", text -> oneOf(text, ENGINES));
      String owner = one.text("owner", text -> StoredText.checkedName("owner", text));
      List<String> program = one.texts("program", InstallationReader::word);
      one.done();
      if (engine != null && !names.add(engine)) {
        one.wrong("engine", "expected each engine once, got \"" + engine + "\" twice");
      }
      if (engine != null && owner != null) {
        engines.add(new Installation.Containers(engine, owner, program));
      }
    }
    return engines;
  }

  // ---- what is needed ----

  private List<Dependency> dependencies(Fields fields) {
    List<Dependency> dependencies = new ArrayList<>();
    for (Fields one : fields.inners("dependencies")) {
      if (!one.has("name")) {
        one.wrong("name", "expected a text, got nothing");
      }
      String name = one.text("name", InstallationReader::dependency);
      if (name != null && !names.add(name)) {
        one.wrong("name", "expected each name once, got \"" + name + "\" twice");
      }
      Dependency.Asked asked = asked(one);
      Duration timeout = positive(one, "timeout", TIMEOUT);
      boolean required = one.flag("required", true);
      one.done();
      if (name != null && asked != null) {
        dependencies.add(new Dependency(name, asked, timeout, required));
      }
    }
    return dependencies;
  }

  private static String dependency(String text) {
    if (Dependency.OWN.contains(text)) {
      throw new IllegalArgumentException(
          "expected none of "
              + Dependency.OWN
              + ", which are checked anyhow, got \""
              + text
              + "\"");
    }
    return StoredText.checkedName("dependency", text);
  }

  private Dependency.@Nullable Asked asked(Fields one) {
    List<String> given = KINDS.stream().filter(one::has).toList();
    KINDS.forEach(one::node); // they are known names, whichever is given
    if (given.size() != 1) {
      List.of("expect", "user", "passwordFrom", "query").forEach(one::node);
      one.wrong("", "expected one of " + KINDS + ", got " + (given.isEmpty() ? "none" : given));
      return null;
    }
    return switch (given.get(0)) {
      case "files" -> files(one);
      case "command" -> command(one);
      case "http" -> http(one);
      default -> jdbc(one);
    };
  }

  private Dependency.@Nullable Files files(Fields one) {
    Map<String, Path> files = new LinkedHashMap<>();
    one.names("files", Function.identity())
        .forEach(
            name -> {
              try {
                files.put(name, path(name));
              } catch (IllegalArgumentException e) {
                one.wrong("files", String.valueOf(e.getMessage()));
              }
            });
    if (files.isEmpty()) {
      one.wrong("files", "expected at least one file, got none");
      return null;
    }
    return new Dependency.Files(files);
  }

  private static Dependency.@Nullable Command command(Fields one) {
    List<String> words = one.texts("command", InstallationReader::word);
    List<Integer> codes = one.numbers("expect", 0, 255);
    if (words.isEmpty() || words.get(0).isBlank()) {
      one.wrong("command", "expected a program and its arguments, got none");
      return null;
    }
    return new Dependency.Command(words, codes.isEmpty() ? List.of(0) : codes);
  }

  private static String word(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("expected a word without NUL, got one with it");
    }
    return text;
  }

  private static Dependency.@Nullable Http http(Fields one) {
    URI address = one.text("http", InstallationReader::address);
    List<Integer> statuses = one.numbers("expect", 100, 599);
    return address == null ? null : new Dependency.Http(address, statuses);
  }

  private static URI address(String text) {
    URI address = URI.create(text);
    String scheme = address.getScheme();
    if (address.getHost() == null
        || !("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))) {
      throw new IllegalArgumentException(
          "expected an address such as http://127.0.0.1:3000/health, got \"" + text + "\"");
    }
    return address;
  }

  private static Dependency.@Nullable Jdbc jdbc(Fields one) {
    String url =
        one.text(
            "jdbc",
            text -> {
              if (!text.startsWith("jdbc:")) {
                throw new IllegalArgumentException("expected jdbc:..., got \"" + text + "\"");
              }
              return text;
            });
    String user = one.text("user", Function.identity());
    String from =
        one.text(
            "passwordFrom",
            text -> {
              if (!VARIABLE.matcher(text).matches()) {
                throw new IllegalArgumentException(
                    "expected the name of a variable, got something else");
              }
              return text;
            });
    String query = one.text("query", Function.identity());
    return url == null ? null : new Dependency.Jdbc(url, user, from, query);
  }

  // ---- the gate ----

  private static Installation.Gate gate(@Nullable Fields gate) {
    Installation.Gate usual = Installation.Gate.DEFAULT;
    if (gate == null) {
      return usual;
    }
    List<String> required = gate.names("required", InstallationReader::lane);
    List<String> onDemand = gate.names("onDemand", InstallationReader::lane);
    for (String lane : onDemand) {
      if (required.contains(lane)) {
        gate.wrong("onDemand", "expected no lane that is required, got \"" + lane + "\"");
      }
    }
    Set<RunState> success = new LinkedHashSet<>(gate.texts("success", InstallationReader::ended));
    if (gate.isEmptyList("success")) {
      gate.wrong("success", "expected at least one state, got none");
    }
    Installation.Gate read =
        new Installation.Gate(
            required,
            onDemand,
            positive(gate, "freshness", usual.freshness()),
            gate.number("passes", 1, Installation.MOST_PASSES, usual.passes()),
            gate.text("spacing", Spans::duration, usual.spacing()),
            success.isEmpty() ? usual.success() : success,
            gate.flag("othersLive", false));
    gate.done();
    return read;
  }

  private static String lane(String text) {
    return StoredText.checkedName("lane", text);
  }

  private static RunState ended(String text) {
    RunState state = RunState.fromWireName(text);
    if (!state.isEnded()) {
      throw new IllegalArgumentException(
          "expected a state in which a run has ended, got \"" + text + "\"");
    }
    return state;
  }

  // ---- the doctor ----

  private Installation.Doctor doctor(@Nullable Fields doctor) {
    Installation.Doctor usual = Installation.Doctor.DEFAULT;
    if (doctor == null) {
      return usual;
    }
    Installation.Doctor read =
        new Installation.Doctor(
            doctor.names("without", text -> oneOf(text, safeguards)),
            positive(doctor, "checkedWithin", usual.checkedWithin()),
            positive(doctor, "selfTestWithin", usual.selfTestWithin()),
            positive(doctor, "longestRun", usual.longestRun()),
            positive(doctor, "longestStart", usual.longestStart()),
            doctor.text("diskFree", Spans::bytes, usual.diskFree()),
            doctor.names("alerts", text -> oneOf(text, names)));
    doctor.done();
    return read;
  }

  private static String oneOf(String text, Set<String> all) {
    if (!all.contains(text)) {
      throw new IllegalArgumentException("expected one of " + all + ", got \"" + text + "\"");
    }
    return text;
  }

  private static Duration positive(Fields fields, String name, Duration otherwise) {
    return fields.text(
        name,
        text -> {
          Duration value = Spans.duration(text);
          if (value.isZero()) {
            throw new IllegalArgumentException(
                "expected a duration longer than zero, got \"" + text + "\"");
          }
          return value;
        },
        otherwise);
  }
}
