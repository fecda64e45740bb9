package dev.reliability.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.zaxxer.nuprocess.NuAbstractProcessHandler;
import com.zaxxer.nuprocess.NuProcess;
import com.zaxxer.nuprocess.NuProcessBuilder;
import com.zaxxer.nuprocess.NuProcessHandler;
import com.zaxxer.nuprocess.codec.NuAbstractCharsetHandler;
import dev.reliability.container.ContainerHandle;
import dev.reliability.container.OutputSpec;
import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.container.process.ProcessSpec;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.core.runtime.ReliabilityRuntime;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.PumpStreamHandler;
import org.zeroturnaround.exec.ProcessExecutor;
import org.zeroturnaround.exec.stream.LogOutputStream;

/**
 * Reads the output of one child in one of several ways and says what that cost this JVM: CPU
 * seconds and wall seconds of the reading, after a warm-up of 64 MiB, and the peak of resident
 * memory. Runs in a JVM of its own, with default options.
 */
final class OutputSubjects {
  private static final int WARM_UP_FILES = 8;
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private OutputSubjects() {}

  /** One way to run a command and read all of its standard output. */
  private interface Reader {
    /** How many bytes there were, line ends included. */
    long read(List<String> command) throws Exception;
  }

  /** The subject, the file that the child puts out, and how many times over. */
  public static void main(String[] args) throws Exception {
    Reader reader = reader(args[0]);
    reader.read(command(args[1], WARM_UP_FILES));
    double before = cpuSeconds();
    long start = System.nanoTime();
    long bytes = reader.read(command(args[1], Integer.parseInt(args[2])));
    Fork.say("wall", (System.nanoTime() - start) / 1e9);
    Fork.say("cpu", cpuSeconds() - before);
    Fork.say("before", before);
    Fork.say("bytes", bytes);
    Fork.say("rss", peakResidentMegabytes());
    System.exit(0);
  }

  private static List<String> command(String file, int times) {
    List<String> command = new ArrayList<>(List.of("cat"));
    for (int i = 0; i < times; i++) {
      command.add(file);
    }
    return command;
  }

  private static double cpuSeconds() {
    return SYSTEM.getProcessCpuTime() / 1e9;
  }

  private static double peakResidentMegabytes() throws IOException {
    String line =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(each -> each.startsWith("VmHWM:"))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
  }

  private static Reader reader(String name) {
    return switch (name) {
      case "raw" -> OutputSubjects::raw;
      case "scan" -> OutputSubjects::scan;
      case "readLine" -> OutputSubjects::readLine;
      case "commons" -> OutputSubjects::commons;
      case "zt" -> OutputSubjects::zt;
      case "nuBytes" -> command -> nu(command, new NuBytes());
      case "nuLines" -> command -> nu(command, new NuLines());
      case "markers" ->
          command -> ours(command, OutputSpec.sentinels("---OUTPUT-START---", "---OUTPUT-END---"));
      case "lines" ->
          command -> {
            long[] seen = new long[1];
            return ours(
                command, OutputSpec.lines().onFrame(frame -> seen[0] += frame.length() + 1));
          };
      case "texts" ->
          command -> {
            long[] seen = new long[1];
            return ours(
                command, OutputSpec.lines().onFrame(frame -> seen[0] += frame.text().length() + 1));
          };
      default -> throw new IllegalArgumentException("no subject " + name);
    };
  }

  private static InputStream outputOf(List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start()
        .getInputStream();
  }

  private static long raw(List<String> command) throws IOException {
    byte[] buffer = new byte[64 * 1024];
    long bytes = 0;
    try (InputStream output = outputOf(command)) {
      for (int count; (count = output.read(buffer)) >= 0; ) {
        bytes += count;
      }
    }
    return bytes;
  }

  private static long scan(List<String> command) throws IOException {
    byte[] buffer = new byte[64 * 1024];
    long bytes = 0;
    long lines = 0;
    try (InputStream output = outputOf(command)) {
      for (int count; (count = output.read(buffer)) >= 0; ) {
        for (int i = 0; i < count; i++) {
          if (buffer[i] == '\n') {
            lines++;
          }
        }
        bytes += count;
      }
    }
    if (lines == 0) {
      throw new IllegalStateException("no lines");
    }
    return bytes;
  }

  private static long readLine(List<String> command) throws IOException {
    long bytes = 0;
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(outputOf(command), StandardCharsets.UTF_8))) {
      for (String line; (line = reader.readLine()) != null; ) {
        bytes += line.length() + 1;
      }
    }
    return bytes;
  }

  private static long commons(List<String> command) throws IOException {
    long[] bytes = new long[1];
    DefaultExecutor executor = DefaultExecutor.builder().get();
    executor.setStreamHandler(
        new PumpStreamHandler(
            new org.apache.commons.exec.LogOutputStream() {
              @Override
              protected void processLine(String line, int level) {
                bytes[0] += line.length() + 1;
              }
            }));
    CommandLine line = new CommandLine(command.get(0));
    command.stream().skip(1).forEach(line::addArgument);
    executor.execute(line);
    return bytes[0];
  }

  private static long zt(List<String> command) throws Exception {
    long[] bytes = new long[1];
    new ProcessExecutor(command)
        .redirectOutput(
            new LogOutputStream() {
              @Override
              protected void processLine(String line) {
                bytes[0] += line.length() + 1;
              }
            })
        .execute();
    return bytes[0];
  }

  /** A handler that knows how many bytes it was given. */
  private interface Counting extends NuProcessHandler {
    long bytes();
  }

  private static long nu(List<String> command, Counting handler) throws Exception {
    NuProcess process = new NuProcessBuilder(handler, command).start();
    process.waitFor(0, TimeUnit.SECONDS);
    return handler.bytes();
  }

  private static final class NuBytes extends NuAbstractProcessHandler implements Counting {
    private volatile long bytes;

    @Override
    public void onStdout(ByteBuffer buffer, boolean closed) {
      bytes += buffer.remaining();
      buffer.position(buffer.limit());
    }

    @Override
    public long bytes() {
      return bytes;
    }
  }

  private static final class NuLines extends NuAbstractCharsetHandler implements Counting {
    private final StringBuilder unfinished = new StringBuilder();
    private volatile long bytes;

    NuLines() {
      super(StandardCharsets.UTF_8);
    }

    @Override
    protected void onStdoutChars(CharBuffer buffer, boolean closed, CoderResult result) {
      int from = buffer.position();
      int end = buffer.limit();
      for (int i = from; i < end; i++) {
        if (buffer.get(i) == '\n') {
          String line;
          if (unfinished.length() == 0) {
            line = buffer.subSequence(from - buffer.position(), i - buffer.position()).toString();
          } else {
            line =
                unfinished
                    .append(buffer, from - buffer.position(), i - buffer.position())
                    .toString();
            unfinished.setLength(0);
          }
          bytes += line.length() + 1;
          from = i + 1;
        }
      }
      unfinished.append(buffer, from - buffer.position(), end - buffer.position());
      buffer.position(end);
    }

    @Override
    public long bytes() {
      return bytes;
    }
  }

  private static long ours(List<String> command, OutputSpec output) {
    AtomicReference<ContainerHandle> handle = new AtomicReference<>();
    try (ReliabilityRuntime runtime = ReliabilityRuntime.system();
        ProcessRuntime processes = ProcessRuntime.system(runtime);
        RunSupervisor supervisor = RunSupervisor.builder().runtime(runtime).build()) {
      ProcessSpec spec = ProcessSpec.builder(command.toArray(String[]::new)).output(output).build();
      supervisor
          .run(
              Work.of("lane", "item"),
              (context, listener) -> {
                ContainerHandle started = processes.spawn(spec, context, listener);
                handle.set(started);
                return started;
              })
          .join();
    }
    return handle.get().transcript().out().bytes();
  }
}
