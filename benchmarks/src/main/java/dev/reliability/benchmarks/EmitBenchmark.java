package dev.reliability.benchmarks;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.journal.JournalWriter;
import dev.reliability.micrometer.ReliabilityMeters;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import net.logstash.logback.argument.StructuredArguments;
import net.logstash.logback.encoder.LogstashEncoder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.ThreadParams;
import org.slf4j.Logger;

/**
 * What the caller pays for one event. Each invocation is a burst of 64, because a logger's queue
 * holds 256 and drops or blocks when it runs full: before each burst (not timed) every subject may
 * come to rest. The methods named {@code ...Flood} do not rest.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EmitBenchmark {
  private static final int BURST = 64;

  /** The least: an event of five fields, a place of its own in a ring, a write that others see. */
  @State(Scope.Benchmark)
  public static class Ring {
    private final AtomicLong next = new AtomicLong();
    private final java.util.concurrent.atomic.AtomicReferenceArray<Object> slots =
        new java.util.concurrent.atomic.AtomicReferenceArray<>(1024);

    void add(Object data) {
      long seq = next.getAndIncrement();
      slots.setRelease((int) seq & 1023, new Entry(seq, data));
    }
  }

  private record Entry(long seq, Object data) {}

  private static final class Counting extends OutputStream {
    private long bytes;

    @Override
    public void write(int b) {
      bytes++;
    }

    @Override
    public void write(byte[] b, int off, int len) {
      bytes += len;
    }

    @Override
    public String toString() {
      return bytes + " bytes";
    }
  }

  /** The bus with its ring and no sink. */
  @State(Scope.Benchmark)
  public static class Ours {
    private ReliabilityRuntime runtime;
    private EventBus bus;

    /** Starts it. */
    @Setup
    public void setUp() {
      runtime = ReliabilityRuntime.system();
      bus = EventBus.builder(runtime).build();
    }

    /** Ends it. */
    @TearDown
    public void tearDown() {
      bus.close();
      runtime.close();
    }
  }

  /** The bus with its ring and a journal on the disk. */
  @State(Scope.Benchmark)
  public static class Journalled {
    private Path directory;
    private ReliabilityRuntime runtime;
    private JournalWriter journal;
    private EventBus bus;

    /** Starts it. */
    @Setup
    public void setUp() throws IOException {
      begin(false);
    }

    private void begin(boolean withMeters) throws IOException {
      directory = Files.createTempDirectory("emit");
      runtime = ReliabilityRuntime.system();
      journal = JournalWriter.open(directory);
      EventBus.Builder builder = EventBus.builder(runtime).sink(journal);
      if (withMeters) {
        ReliabilityMeters meters = ReliabilityMeters.of(runtime.time());
        meters.bindTo(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        builder.sink(meters);
      }
      bus = builder.build();
    }

    /** Ends it. */
    @TearDown
    public void tearDown() throws IOException {
      bus.close();
      journal.close();
      runtime.close();
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** The bus with its ring, a journal on the disk and meters that Prometheus could ask for. */
  @State(Scope.Benchmark)
  public static class Metered {
    private final Journalled journalled = new Journalled();

    /** Starts it. */
    @Setup
    public void setUp() throws IOException {
      journalled.begin(true);
    }

    /** Ends it. */
    @TearDown
    public void tearDown() throws IOException {
      journalled.tearDown();
    }
  }

  /** One thread's wait for the journal and the meters to have all. */
  @State(Scope.Thread)
  public static class MetersRest {
    /** Waits. */
    @Setup(org.openjdk.jmh.annotations.Level.Invocation)
    public void rest(Metered metered) {
      metered.journalled.bus.drained().join();
    }
  }

  /** One thread's wait for the journal to have all. */
  @State(Scope.Thread)
  public static class JournalRest {
    /** Waits. */
    @Setup(org.openjdk.jmh.annotations.Level.Invocation)
    public void rest(Journalled journalled) {
      journalled.bus.drained().join();
    }
  }

  /** SLF4J over Logback: an async appender with default settings, before a JSON encoder. */
  @State(Scope.Benchmark)
  public static class Logback {
    private LoggerContext context;
    private AsyncAppender async;
    private Logger logger;

    /** Starts it. */
    @Setup
    public void setUp() {
      context = new LoggerContext();
      LogstashEncoder encoder = new LogstashEncoder();
      encoder.setContext(context);
      encoder.start();
      OutputStreamAppender<ILoggingEvent> sink = new OutputStreamAppender<>();
      sink.setContext(context);
      sink.setEncoder(encoder);
      sink.setOutputStream(new Counting());
      sink.start();
      async = new AsyncAppender();
      async.setContext(context);
      async.addAppender(sink);
      async.start();
      ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
      root.setLevel(Level.INFO);
      root.addAppender(async);
      logger = context.getLogger("events");
    }

    /** Ends it. */
    @TearDown
    public void tearDown() {
      context.stop();
    }
  }

  /** What one thread emits about. */
  @State(Scope.Thread)
  public static class Mine {
    private String run;
    private Subject subject;
    private long count;

    /** Names its run. */
    @Setup
    public void setUp(ThreadParams thread) {
      run = "run-" + thread.getThreadIndex();
      subject = Subject.ofRun("lane", "item", run);
    }
  }

  /** One thread's wait for the queue to be empty. */
  @State(Scope.Thread)
  public static class Rest {
    /** Waits. */
    @Setup(org.openjdk.jmh.annotations.Level.Invocation)
    public void rest(Logback logback) {
      while (logback.async.getNumberOfElementsInQueue() > 0) {
        Thread.onSpinWait();
      }
    }
  }

  /** The same kind of wait, for nothing, so that all are timed alike. */
  @State(Scope.Thread)
  public static class NoRest {
    /** Does nothing. */
    @Setup(org.openjdk.jmh.annotations.Level.Invocation)
    public void rest() {}
  }

  /** The limit. */
  @Benchmark
  @OperationsPerInvocation(BURST)
  public void ring(Ring ring, NoRest rest, Mine my) {
    for (int i = 0; i < BURST; i++) {
      ring.add(new RunEvent.Progress(my.count++, 100));
    }
  }

  /** Ours. */
  @Benchmark
  @OperationsPerInvocation(BURST)
  public void bus(Ours ours, NoRest rest, Mine my) {
    for (int i = 0; i < BURST; i++) {
      ours.bus.emit(my.subject, new RunEvent.Progress(my.count++, 100));
    }
  }

  /** Ours with a journal. */
  @Benchmark
  @OperationsPerInvocation(BURST)
  public void busJournal(Journalled ours, JournalRest rest, Mine my) {
    for (int i = 0; i < BURST; i++) {
      ours.bus.emit(my.subject, new RunEvent.Progress(my.count++, 100));
    }
  }

  /** Ours with a journal and meters. */
  @Benchmark
  @OperationsPerInvocation(BURST)
  public void busMeters(Metered ours, MetersRest rest, Mine my) {
    for (int i = 0; i < BURST; i++) {
      ours.journalled.bus.emit(my.subject, new RunEvent.Progress(my.count++, 100));
    }
  }

  /** Ours with a journal and meters, without rest: they get what they can take. */
  @Benchmark
  public void busMetersFlood(Metered ours, Mine my) {
    ours.journalled.bus.emit(my.subject, new RunEvent.Progress(my.count++, 100));
  }

  /** Ours with a journal, without rest: it gets what it can take. */
  @Benchmark
  public void busJournalFlood(Journalled ours, Mine my) {
    ours.bus.emit(my.subject, new RunEvent.Progress(my.count++, 100));
  }

  /** The peer. */
  @Benchmark
  @OperationsPerInvocation(BURST)
  public void logback(Logback logback, Rest rest, Mine my) {
    for (int i = 0; i < BURST; i++) {
      logback.logger.info(
          "run.progress {} {} {} {} {}",
          StructuredArguments.kv("lane", "lane"),
          StructuredArguments.kv("item", "item"),
          StructuredArguments.kv("run", my.run),
          StructuredArguments.kv("count", my.count++),
          StructuredArguments.kv("outputBytes", 100));
    }
  }

  /** The limit without rest. */
  @Benchmark
  public void ringFlood(Ring ring, Mine my) {
    ring.add(new RunEvent.Progress(my.count++, 100));
  }

  /** Ours without rest. */
  @Benchmark
  public void busFlood(Ours ours, Mine my) {
    ours.bus.emit(my.subject, new RunEvent.Progress(my.count++, 100));
  }
}
