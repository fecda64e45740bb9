package dev.reliability.benchmarks;

import dev.reliability.benchmarks.Table.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Row q: what the operators' page costs while a fleet works, and while it does not. */
final class PageRow implements Row {
  private static final int LANES = Settings.pick(1_000, 100);
  private static final int RUNS = Settings.pick(10_000, 400);
  private static final int SECONDS = Settings.pick(50, 5);
  private static final int IDLE_SECONDS = Settings.pick(30, 3);
  private static final int WARM_UP = Settings.pick(40, 3);
  private static final int SCRAPE_EVERY = Settings.pick(15, 2);
  private static final int WINDOW =
      Settings.pick(5, 1); // a look may fall on either side of a second

  private final List<Double> scrapeMillis = new ArrayList<>();
  private final List<Double> scrapeKb = new ArrayList<>();
  private int second; // since the start
  private long ended;

  @Override
  public String what() {
    return "the page of a fleet of 1,000 lanes, 10,000 runs in 50 s: bytes, processor time, memory";
  }

  /** What one phase took: the bytes by windows, the rest on the average or in the end. */
  private record Phase(Samples kb, double cpu, double rssMb, double others) {
    Map<String, String> columns() {
      Map<String, String> columns = new LinkedHashMap<>();
      columns.put("serve, CPU ms/s", Table.number(cpu * 1_000));
      columns.put("resident MB", Table.number(rssMb));
      columns.put("others, CPU ms/s", Table.number(others * 1_000));
      return columns;
    }
  }

  /** Tells how many kB one viewer got since it was asked last; asked each second. */
  @FunctionalInterface
  private interface Watched {
    double kb() throws Exception;
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
    try (PageSite site = new PageSite(command, LANES)) {
      measure(report, site);
    }
  }

  private void measure(Report report, PageSite site) throws Exception {
    List<PageViewer> viewers = new ArrayList<>();
    int warmUpRuns = RUNS * WARM_UP / SECONDS;
    busy(site, warmUpRuns, WARM_UP, watched(site, 1, viewers));
    close(viewers);
    scrapeMillis.clear();
    scrapeKb.clear();

    List<Double> firstMillis = new ArrayList<>();
    List<Double> firstKb = new ArrayList<>();
    Phase one = busy(site, RUNS, SECONDS, watched(site, 1, viewers));
    first(viewers, firstMillis, firstKb);
    long lost = close(viewers);
    Phase ten = busy(site, RUNS, SECONDS, watched(site, 10, viewers));
    first(viewers, firstMillis, firstKb);
    lost += close(viewers);
    List<Double> changedKb = new ArrayList<>();
    Phase polled = busy(site, RUNS, SECONDS, polled(site, changedKb));
    Samples changed = windows(changedKb);
    Phase idle = during(IDLE_SECONDS, site, watched(site, 1, viewers));
    lost += close(viewers);
    PageSite.Got timeline = site.get("/timeline?hours=1");

    Table table =
        new Table(
            String.format(
                Locale.ROOT,
                "%,d lanes, one in %d paused; %,d runs in %d s, each 0.5 to 4.5 s long; what a"
                    + " viewer gets",
                LANES,
                PageHost.PAUSED_EVERY,
                RUNS,
                SECONDS),
            "kB/s");
    table.add(Role.LIMIT, "the entries that changed, once", changed);
    table.add(Role.PEER, "/api/status asked each second", polled.kb, polled.columns());
    table.add(Role.OURS, "/api/live, 1 viewer", one.kb, one.columns());
    table.add(Role.OURS, "/api/live, 10 viewers, each", ten.kb, ten.columns());
    table.add(Role.NOTE, "/api/live, 1 viewer, no runs", idle.kb, idle.columns());
    report.table(table);
    Table once = new Table("What is asked for now and then", "ms");
    once.add(Role.OURS, "the first board", Samples.of(firstMillis), kb(Samples.of(firstKb)));
    once.add(Role.OURS, "/metrics", Samples.of(scrapeMillis), kb(Samples.of(scrapeKb)));
    once.add(
        Role.OURS,
        "/timeline?hours=1",
        Samples.of(timeline.millis()),
        kb(Samples.of(timeline.kb())));
    report.table(once);
    report.note(
        String.format(
            Locale.ROOT,
            "%d scrapes of /metrics, one each %d s. After the timeline %s MB were resident.%n",
            scrapeKb.size(),
            SCRAPE_EVERY,
            Table.number(site.residentMb())));
    report.atMost("viewers that were let go", lost, 0);
    report.atMost("runs that did not end", 3L * RUNS + warmUpRuns - ended, 0);
  }

  private static Map<String, String> kb(Samples samples) {
    return Map.of("kB", Table.number(samples.median()));
  }

  private Phase busy(PageSite site, int runs, int seconds, Watched watched) throws Exception {
    site.work(runs, seconds);
    Phase phase = during(seconds, site, watched);
    ended += site.ended();
    return phase;
  }

  private Phase during(int seconds, PageSite site, Watched watched) throws Exception {
    List<Double> kb = new ArrayList<>();
    watched.kb(); // the first board is no part of it
    PageSite.Cpu before = site.cpu();
    long start = System.nanoTime();
    double sum = 0;
    for (int i = 1; i <= seconds; i++) {
      long left = start + i * 1_000_000_000L - System.nanoTime();
      Thread.sleep(Math.max(0, left / 1_000_000));
      sum += watched.kb();
      if (i % WINDOW == 0) {
        kb.add(sum / WINDOW);
        sum = 0;
      }
      if (++second % SCRAPE_EVERY == 0) {
        PageSite.Got metrics = site.get("/metrics");
        scrapeMillis.add(metrics.millis());
        scrapeKb.add(metrics.kb());
      }
    }
    PageSite.Cpu after = site.cpu();
    double wall = (System.nanoTime() - start) / 1e9;
    Phase phase =
        new Phase(
            Samples.of(kb),
            (after.serve() - before.serve()) / wall,
            site.residentMb(),
            (after.others() - before.others()) / wall);
    System.err.printf(
        Locale.ROOT,
        "  %d s: %s kB/s %s%n",
        seconds,
        Table.number(phase.kb.median()),
        phase.columns());
    return phase;
  }

  private static Watched watched(PageSite site, int many, List<PageViewer> viewers)
      throws Exception {
    for (int i = 0; i < many; i++) {
      viewers.add(new PageViewer(site.port()));
    }
    long[] before = {0};
    return () -> {
      long now = viewers.stream().mapToLong(PageViewer::bytes).sum();
      double kb = (now - before[0]) / 1_000.0 / many;
      before[0] = now;
      return kb;
    };
  }

  private static Watched polled(PageSite site, List<Double> changedKb) throws Exception {
    PageBoard[] before = {PageBoard.read(site.get("/api/status").text())};
    return () -> {
      PageSite.Got got = site.get("/api/status");
      PageBoard board = PageBoard.read(got.text());
      changedKb.add(board.bytesSince(before[0]) / 1_000.0);
      before[0] = board;
      return got.kb();
    };
  }

  private static Samples windows(List<Double> each) {
    List<Double> means = new ArrayList<>();
    for (int i = 0; i + WINDOW < each.size(); i += WINDOW) { // the first was asked for at the start
      means.add(each.subList(i + 1, i + 1 + WINDOW).stream().mapToDouble(kb -> kb).sum() / WINDOW);
    }
    return Samples.of(means);
  }

  private static void first(List<PageViewer> viewers, List<Double> millis, List<Double> kb) {
    viewers.forEach(viewer -> millis.add(viewer.firstMillis()));
    viewers.forEach(viewer -> kb.add(viewer.firstBytes() / 1_000.0));
  }

  /** How many were over already. */
  private static long close(List<PageViewer> viewers) throws IOException {
    long over = viewers.stream().filter(PageViewer::isOver).count();
    for (PageViewer viewer : viewers) {
      viewer.close();
    }
    viewers.clear();
    return over;
  }
}
