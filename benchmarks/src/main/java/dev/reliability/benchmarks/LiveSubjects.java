package dev.reliability.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.zaxxer.nuprocess.NuAbstractProcessHandler;
import com.zaxxer.nuprocess.NuProcess;
import com.zaxxer.nuprocess.NuProcessBuilder;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecuteResultHandler;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.ExecuteWatchdog;
import org.apache.commons.exec.PumpStreamHandler;
import org.zeroturnaround.exec.ProcessExecutor;
import org.zeroturnaround.exec.stream.LogOutputStream;

/**
 * Keeps many children alive of which each prints the time once a second, reads their lines in one
 * of several ways, and says what that took of this JVM: threads, resident memory, processor time,
 * and how late the lines came. Runs in a JVM of its own, with default options.
 */
final class LiveSubjects {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  /** How late each line was, in milliseconds, since it was last emptied. */
  private static final ConcurrentLinkedQueue<Double> LATE = new ConcurrentLinkedQueue<>();

  private LiveSubjects() {}

  /** Starts one child whose lines go to {@link #line}, and tells how to end it. */
  private interface Starter {
    AutoCloseable start(List<String> command) throws Exception;
  }

  /** The subject, how many children, the seconds to measure. */
  public static void main(String[] args) throws Exception {
    int children = Integer.parseInt(args[1]);
    int seconds = Integer.parseInt(args[2]);
    // They print at moments of their own, and end by themselves should nobody end them.
    String script =
        "use Time::HiRes qw(time sleep); $| = 1; sleep(rand(1));"
            + " for (1 .. 300) { printf(\"%.6f\\n\", time); sleep(1) }";
    List<String> command = List.of("perl", "-e", script);
    List<AutoCloseable> running = new ArrayList<>();
    Starter starter = starter(args[0], children);
    for (int i = 0; i < children; i++) {
      running.add(starter.start(command));
    }
    for (int i = 0; i < 120 && LATE.size() < 2 * children; i++) { // until all of them are there
      pause(1);
    }
    pause(20); // and their starts are over and compiled
    LATE.clear();
    double before = SYSTEM.getProcessCpuTime() / 1e9;
    long start = System.nanoTime();
    pause(seconds);
    double wall = (System.nanoTime() - start) / 1e9;
    double cpu = SYSTEM.getProcessCpuTime() / 1e9 - before;
    List<Double> late = new ArrayList<>(LATE);
    Fork.say("threads", status("Threads:"));
    Fork.say("rss", status("VmRSS:") / 1024);
    Fork.say("cpu", cpu / wall * 100);
    Fork.say("lines", late.size() / wall);
    Samples samples = Samples.of(late);
    Fork.say("median", samples.median());
    Fork.say("p99", samples.quantile(0.99));
    for (AutoCloseable each : running) {
      each.close();
    }
    System.exit(0);
  }

  private static void pause(int seconds) throws InterruptedException {
    Thread.sleep(seconds * 1_000L);
  }

  private static double status(String name) throws IOException {
    String line =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(each -> each.startsWith(name))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", ""));
  }

  private static void line(String text) {
    Instant now = Instant.now();
    double printed = Double.parseDouble(text.strip());
    LATE.add((now.getEpochSecond() + now.getNano() / 1e9 - printed) * 1_000);
  }

  private static Starter starter(String name, int children) {
    return switch (name) {
      case "pumps" -> LiveSubjects::pumps;
      case "commons" -> LiveSubjects::commons;
      case "zt" -> LiveSubjects::zt;
      case "nu" -> LiveSubjects::nu;
      case "ours" -> ours(children);
      default -> throw new IllegalArgumentException("no subject " + name);
    };
  }

  /** The usual way: a thread for each of the two streams. */
  private static AutoCloseable pumps(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).start();
    for (InputStream stream : List.of(process.getInputStream(), process.getErrorStream())) {
      Thread pump =
          new Thread(
              () -> {
                try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                  for (String text; (text = lines.readLine()) != null; ) {
                    line(text);
                  }
                } catch (IOException e) {
                  // its end
                }
              });
      pump.setDaemon(true);
      pump.start();
    }
    return process::destroyForcibly;
  }

  private static AutoCloseable commons(List<String> command) throws IOException {
    DefaultExecutor executor = DefaultExecutor.builder().get();
    ExecuteWatchdog watchdog =
        ExecuteWatchdog.builder().setTimeout(ExecuteWatchdog.INFINITE_TIMEOUT_DURATION).get();
    executor.setWatchdog(watchdog);
    executor.setStreamHandler(
        new PumpStreamHandler(
            new org.apache.commons.exec.LogOutputStream() {
              @Override
              protected void processLine(String text, int level) {
                line(text);
              }
            }));
    CommandLine line = new CommandLine(command.get(0));
    command.stream().skip(1).forEach(argument -> line.addArgument(argument, false));
    executor.execute(line, new DefaultExecuteResultHandler());
    return watchdog::destroyProcess;
  }

  private static AutoCloseable zt(List<String> command) throws IOException {
    Process process =
        new ProcessExecutor(command)
            .redirectOutput(
                new LogOutputStream() {
                  @Override
                  protected void processLine(String text) {
                    line(text);
                  }
                })
            .start()
            .getProcess();
    return process::destroyForcibly;
  }

  private static AutoCloseable nu(List<String> command) {
    NuProcess process =
        new NuProcessBuilder(
                new NuAbstractProcessHandler() {
                  @Override
                  public void onStdout(ByteBuffer buffer, boolean closed) {
                    byte[] text = new byte[buffer.remaining()];
                    buffer.get(text);
                    if (text.length > 0) {
                      line(new String(text, StandardCharsets.UTF_8));
                    }
                  }
                },
                command)
            .start();
    return () -> process.destroy(true);
  }

  private static Starter ours(int children) {
    ReliabilityRuntime runtime = ReliabilityRuntime.system();
    ProcessRuntime processes = ProcessRuntime.system(runtime);
    RunSupervisor supervisor =
        RunSupervisor.builder().runtime(runtime).drainTimeout(Duration.ZERO).build();
    int[] left = {children};
    return command -> {
      ProcessSpec spec =
          ProcessSpec.builder(command.toArray(String[]::new))
              .output(OutputSpec.lines().onFrame(frame -> line(frame.text())))
              .build();
      supervisor.run(Work.of("lane", "item-" + left[0]), processes.worker(spec));
      return () -> {
        if (--left[0] == 0) {
          processes.close();
        }
      };
    };
  }
}
