package dev.reliability.benchmarks;

import dev.reliability.benchmarks.Table.Role;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/** Row p: how long the operators' command takes to start, as it is started: from a jar. */
final class StartRow implements Row {
  private static final int EVENTS = 1_000;
  private static final String NOTHING = "an empty main";
  private static final String HELLO = "picocli: hello world";
  private static final String HELLO_HELP = "picocli: hello world, --help";
  private static final String HELP = "reliability --help";
  private static final String TRACE = "reliability trace of 1,000 events";
  private static final String ARCHIVED = ", with an archive of classes";

  @Override
  public String what() {
    return "the operators' command: from its start to its end";
  }

  @Override
  public void measure(Report report) throws Exception {
    Path command =
        Path.of(System.getProperty("reliability.jar", "reliability-ops/target/reliability.jar"));
    if (!Files.isRegularFile(command)) {
      report.note(
          "There is no " + command + ": build it, and start in the directory of the project.");
      report.atMost("jars that are missing", 1, 0);
      return;
    }
    Path directory = Files.createTempDirectory("start");
    try {
      measure(report, command, directory);
    } finally {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static void measure(Report report, Path command, Path directory) throws Exception {
    Path journal = Files.createDirectory(directory.resolve("journal"));
    JournalMaker.make(journal, EVENTS);
    String ours = command.toString();
    String hello = jar(directory.resolve("hello.jar"), HelloCommand.class, "picocli/");
    String nothing = jar(directory.resolve("nothing.jar"), NothingCommand.class, "nothing/");
    List<String> trace =
        List.of(
            "trace",
            "--dir",
            journal.toString(),
            "--since",
            JournalMaker.START.toString(),
            "--until",
            JournalMaker.START.plus(JournalMaker.LENGTH).toString());
    String helloArchive = archive(directory.resolve("hello.jsa"), hello, List.of("--help"));
    String helpArchive = archive(directory.resolve("help.jsa"), ours, List.of("--help"));
    String traceArchive = archive(directory.resolve("trace.jsa"), ours, trace);
    List<String> help = List.of("--help");

    Map<String, InTurns.Subject> subjects = new LinkedHashMap<>();
    subjects.put(NOTHING, start(List.of(), nothing, List.of()));
    subjects.put(HELLO, start(List.of(), hello, List.of()));
    subjects.put(HELLO_HELP, start(List.of(), hello, help));
    subjects.put(HELP, start(List.of(), ours, help));
    subjects.put(TRACE, start(List.of(), ours, trace));
    subjects.put(HELLO_HELP + ARCHIVED, start(List.of(helloArchive), hello, help));
    subjects.put(HELP + ARCHIVED, start(List.of(helpArchive), ours, help));
    subjects.put(TRACE + ARCHIVED, start(List.of(traceArchive), ours, trace));
    Map<String, List<Double>> millis =
        Quiet.measure(
            "starts", () -> InTurns.measure(subjects, Settings.pick(3, 1), Settings.pick(25, 3)));
    Table table = new Table("From start to end", "ms");
    millis.forEach((name, values) -> table.add(role(name), name, Samples.of(values)));
    report.table(table);
    report.atMost("--help / hello world", table.ratio(HELP, HELLO), 1.3);
    report.atMost("--help / hello world's --help", table.ratio(HELP, HELLO_HELP), 1.3);
    report.atMost(
        "with archives: --help / hello world's --help",
        table.ratio(HELP + ARCHIVED, HELLO_HELP + ARCHIVED),
        1.3);
  }

  private static Role role(String name) {
    if (name.endsWith(ARCHIVED)) {
      return Role.NOTE;
    }
    return switch (name) {
      case NOTHING -> Role.LIMIT;
      case HELLO, HELLO_HELP -> Role.PEER;
      default -> Role.OURS;
    };
  }

  private static InTurns.Subject start(List<String> options, String jar, List<String> args) {
    return InTurns.timed(() -> run(options, jar, args));
  }

  private static void run(List<String> options, String jar, List<String> args) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-jar");
    command.add(jar);
    command.addAll(args);
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (process.waitFor() != 0) {
      throw new IOException("exit " + process.exitValue() + " of " + command);
    }
  }

  /**
   * Puts the classes that a start loads into a file that the next starts map; the option for it.
   */
  private static String archive(Path file, String jar, List<String> args) throws Exception {
    run(
        List.of("-XX:ArchiveClassesAtExit=" + file, "-Xlog:cds=off", "-Xlog:cds+dynamic=off"),
        jar,
        args);
    return "-XX:SharedArchiveFile=" + file;
  }

  /** A jar with a class to start, and what is behind a prefix in the jar that this is run from. */
  private static String jar(Path file, Class<?> main, String prefix) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, main.getName());
    String mainFile = main.getName().replace('.', '/') + ".class";
    try (JarFile from = new JarFile(System.getProperty("java.class.path"));
        OutputStream out = Files.newOutputStream(file);
        JarOutputStream into = new JarOutputStream(out, manifest)) {
      Enumeration<JarEntry> entries = from.entries();
      while (entries.hasMoreElements()) {
        JarEntry entry = entries.nextElement();
        boolean isWanted = entry.getName().startsWith(prefix) || entry.getName().equals(mainFile);
        if (isWanted && !entry.isDirectory()) {
          into.putNextEntry(new JarEntry(entry.getName()));
          from.getInputStream(entry).transferTo(into);
          into.closeEntry();
        }
      }
    }
    return file.toString();
  }
}
