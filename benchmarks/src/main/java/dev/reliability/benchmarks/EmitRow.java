package dev.reliability.benchmarks;

import dev.reliability.benchmarks.Table.Role;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.EventData;
import dev.reliability.core.event.ProcessEvent;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.journal.JournalEntry;
import dev.reliability.journal.JournalReader;
import dev.reliability.journal.JournalWriter;
import dev.reliability.micrometer.ReliabilityMeters;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Row o: what the caller pays for an event, and what becomes of those that are too many. */
final class EmitRow implements Row {
  private static final String LIMIT = "one ring write";
  private static final String OURS = "EventBus.emit, ring only";
  private static final String JOURNALLED = "EventBus.emit, ring and journal";
  private static final String METERED = "EventBus.emit, ring, journal, meters";
  private static final int MANY = Settings.pick(2_000_000, 200_000);
  private static final int ONE_THAT_COUNTS = 100; // in so many; the others are samples
  private static final String PEER = "SLF4J + async appender + JSON";

  @Override
  public String what() {
    return "event emit to the ring, to a journal too, and to meters too: the caller's cost";
  }

  @Override
  public void measure(Report report) throws Exception {
    Jmh jmh = new Jmh(EmitBenchmark.class);
    Map<String, Jmh.Measured> one = jmh.run(1, "ring", "logback", "bus", "busJournal", "busMeters");
    Map<String, Jmh.Measured> two = jmh.run(2, "ring", "logback", "bus", "busJournal", "busMeters");
    String[] floodings = {"ringFlood", "busFlood", "busJournalFlood", "busMetersFlood"};
    Map<String, Jmh.Measured> flood = jmh.run(1, floodings);
    Map<String, Jmh.Measured> floods = jmh.run(2, floodings);
    Table alone = table("Bursts of 64, 1 thread", one, "ring", "bus");
    Table both = table("Bursts of 64, 2 threads, each one's cost", two, "ring", "bus");
    Table flooded = table("Without a rest, 1 thread", flood, "ringFlood", "busFlood");
    Table contended =
        table("Without a rest, 2 threads, each one's cost", floods, "ringFlood", "busFlood");
    report.table(alone);
    report.table(both);
    report.table(flooded);
    report.table(contended);
    report.atMost("ns per event, 1 thread", alone.median(OURS), 1_000);
    report.atMost("ns per event, 2 threads", both.median(OURS), 1_000);
    report.atMost("ns per event without a rest, 2 threads", contended.median(OURS), 1_000);
    for (Table each : List.of(alone, both, flooded, contended)) {
      report.atMost("ns per event with a journal", each.median(JOURNALLED), 1_000);
      report.atMost("ns per event with a journal and meters", each.median(METERED), 1_000);
    }
    losses(report);
    report.atMost("ours / async appender, 1 thread", alone.toBestPeer(OURS), 1);
    report.atMost("ours / async appender, 2 threads", both.toBestPeer(OURS), 1);
    report.atMost("with meters / async appender, 1 thread", alone.toBestPeer(METERED), 1);
    report.atMost("with meters / async appender, 2 threads", both.toBestPeer(METERED), 1);
  }

  /**
   * Emits as fast as it goes to a journal and meters, and looks for each event in both, or that it
   * was dropped.
   */
  private static void losses(Report report) throws Exception {
    Path directory = Files.createTempDirectory("emit");
    try {
      double[] nanos = new double[MANY];
      PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      try (ReliabilityRuntime runtime = ReliabilityRuntime.system();
          JournalWriter journal = JournalWriter.open(directory)) {
        ReliabilityMeters meters = ReliabilityMeters.of(runtime.time());
        meters.bindTo(registry);
        try (EventBus bus = EventBus.builder(runtime).sink(journal).sink(meters).build()) {
          Subject subject = Subject.ofRun("lane", "item", "run");
          for (int i = 0; i < MANY; i++) {
            EventData data =
                i % ONE_THAT_COUNTS == 0
                    ? new RunEvent.ResultSeen(i)
                    : new RunEvent.Progress(i, 100);
            long start = System.nanoTime();
            bus.emit(subject, data);
            nanos[i] = System.nanoTime() - start;
          }
          bus.drained().join();
        }
      }
      Lost lost = Lost.in(directory);
      long metered =
          (long) (counted(registry, "run.progress") + counted(registry, "run.result_seen"));
      Samples each = Samples.of(nanos);
      report.note(
          String.format(
              Locale.ROOT,
              "%,d events without a rest to a journal and meters, the clock read each time: %s ns"
                  + " each, 99.9 %% within %s ns, the longest %s ns;%n%,d were written, %,d samples"
                  + " dropped before the journal; %,d were metered, %,d samples dropped before the"
                  + " meters;%n%,d others were dropped.%n",
              MANY,
              Table.number(each.median()),
              Table.number(each.quantile(0.999)),
              Table.number(each.max()),
              lost.written,
              lost.samples("journal"),
              metered,
              lost.samples("meters"),
              lost.others));
      report.atMost(
          "events neither in the journal nor counted there, or twice",
          Math.abs(MANY - lost.written - lost.samples("journal") - lost.others),
          0);
      report.atMost(
          "events neither in the meters nor counted in the journal, or twice",
          Math.abs(MANY - metered - lost.samples("meters") - lost.others),
          0);
      report.atMost("others than samples that were dropped", lost.others, 0);
    } finally {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static double counted(PrometheusMeterRegistry registry, String type) {
    return registry.get("reliability.events").tag("type", type).functionCounter().count();
  }

  /** What a journal has of the runs, and what it says was dropped before which sink. */
  private record Lost(long written, Map<String, Long> samples, long others) {

    static Lost in(Path directory) {
      long written = 0;
      Map<String, Long> samples = new HashMap<>();
      long others = 0;
      try (JournalReader reader = JournalReader.open(directory)) {
        while (reader.hasNext()) {
          if (reader.next() instanceof JournalEntry.Read read) {
            if (read.event().data() instanceof ProcessEvent.EventsDropped dropped) {
              samples.merge(dropped.sink(), dropped.samples(), Long::sum);
              others += dropped.others();
            } else if (read.event().data() instanceof RunEvent) { // the bus tells of itself too
              written++;
            }
          }
        }
      }
      return new Lost(written, samples, others);
    }

    long samples(String sink) {
      return samples.getOrDefault(sink, 0L);
    }
  }

  private static Table table(
      String title, Map<String, Jmh.Measured> measured, String limit, String ours) {
    Table table = new Table(title, "ns");
    table.add(Role.LIMIT, LIMIT, measured.get(limit));
    if (measured.containsKey("logback")) {
      table.add(Role.PEER, PEER, measured.get("logback"));
    }
    table.add(Role.OURS, OURS, measured.get(ours));
    table.add(Role.OURS, JOURNALLED, measured.get(ours.replace("bus", "busJournal")));
    table.add(Role.OURS, METERED, measured.get(ours.replace("bus", "busMeters")));
    return table;
  }
}
