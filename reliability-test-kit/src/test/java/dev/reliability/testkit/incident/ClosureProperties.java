package dev.reliability.testkit.incident;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.CustomEvent;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.Subject;
import dev.reliability.core.gate.GateLedger;
import dev.reliability.core.gate.GateLine;
import dev.reliability.core.gate.GateReport;
import dev.reliability.core.health.GateVerdict;
import dev.reliability.core.incident.ClosureRequirements;
import dev.reliability.core.incident.Confirmation;
import dev.reliability.core.incident.IncidentRegistry;
import dev.reliability.core.incident.SoakWatch;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.testkit.world.World;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.jspecify.annotations.Nullable;

/**
 * For all histories of passes, failures, fixes, evidence, soaks, restarts and steps of the wall
 * clock: an incident can be closed if and only if a model says so that forgets nothing and looks at
 * everything anew each time.
 */
class ClosureProperties {
  private static final Duration SPACING = Duration.ofMinutes(30);
  private static final Duration WINDOW = Duration.ofHours(1);
  private static final Duration GAP = Duration.ofMinutes(40);
  private static final List<String> GATES = List.of("a", "b");
  private static final Confirmation WORD = new Confirmation("alice", "it is over");

  private Path directory;

  @BeforeProperty
  void directory() throws IOException {
    directory = Files.createTempDirectory("closure");
  }

  @AfterProperty
  void remove() throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(one);
      }
    }
  }

  /** Something that happens. */
  sealed interface Op {
    record Judge(String gate, GateVerdict verdict, String config) implements Op {}

    record JudgeAll() implements Op {}

    record Fix() implements Op {}

    record Attach() implements Op {}

    record Alter() implements Op {}

    record Occur() implements Op {}

    record Prove(boolean ok) implements Op {}

    /** An hour in which all is well. */
    record Quiet() implements Op {}

    record Pass(Duration by) implements Op {}

    record StepWall(Duration by) implements Op {}

    record Restart() implements Op {}

    record Reopen() implements Op {}
  }

  @Provide
  Arbitrary<List<Op>> histories() {
    Arbitrary<Op> judge =
        Combinators.combine(
                Arbitraries.of(GATES),
                Arbitraries.frequencyOf(
                    Tuple.of(6, Arbitraries.just(GateVerdict.GO)),
                    Tuple.of(1, Arbitraries.just(GateVerdict.NO_GO)),
                    Tuple.of(1, Arbitraries.just(GateVerdict.INCONCLUSIVE))),
                Arbitraries.frequencyOf(
                    Tuple.of(12, Arbitraries.just("x")), Tuple.of(1, Arbitraries.just("y"))))
            .as(Op.Judge::new);
    Arbitrary<Op> pass =
        Arbitraries.of(
                Duration.ofMillis(1),
                Duration.ofMinutes(15),
                SPACING.minusNanos(1),
                SPACING,
                GAP,
                GAP.plusMillis(1))
            .map(Op.Pass::new);
    Arbitrary<Op> step =
        Arbitraries.of(Duration.ofMinutes(-35), SPACING, Duration.ofHours(3)).map(Op.StepWall::new);
    return Arbitraries.frequencyOf(
            Tuple.of(4, judge),
            Tuple.of(8, Arbitraries.create(Op.JudgeAll::new)),
            Tuple.of(2, Arbitraries.create(Op.Fix::new)),
            Tuple.of(4, Arbitraries.create(Op.Attach::new)),
            Tuple.of(1, Arbitraries.create(Op.Alter::new)),
            Tuple.of(1, Arbitraries.create(Op.Occur::new)),
            Tuple.of(8, Arbitraries.create(() -> new Op.Prove(true))),
            Tuple.of(6, Arbitraries.create(Op.Quiet::new)),
            Tuple.of(1, Arbitraries.create(() -> new Op.Prove(false))),
            Tuple.of(12, pass),
            Tuple.of(1, step),
            Tuple.of(1, Arbitraries.create(Op.Restart::new)),
            Tuple.of(1, Arbitraries.create(Op.Reopen::new)))
        .list()
        .ofMinSize(10)
        .ofMaxSize(60);
  }

  @Property(tries = 600)
  void itClosesExactlyWhenTheModelDoes(@ForAll("histories") List<Op> history) {
    for (boolean soaks : new boolean[] {false, true}) {
      Play play = new Play(soaks);
      for (Op op : history) {
        play.play(op);
        assertThat(play.isClosable()).as("after %s", op).isEqualTo(play.modelIsClosable());
      }
    }
  }

  /** The model would say yes to something: histories without an end in sight prove little. */
  @Property(tries = 1)
  void aHistoryThatHasEverythingCloses() {
    Play play = new Play(true);
    play.play(new Op.Fix());
    for (int i = 0; i < 5; i++) {
      play.play(new Op.Prove(true));
      play.play(new Op.Pass(SPACING));
      play.play(new Op.JudgeAll());
    }
    play.play(new Op.Attach());
    assertThat(play.modelIsClosable()).isTrue();
    assertThat(play.isClosable()).isTrue();
    assertThat(play.registry().resolve("inc-1", WORD).isResolved()).isTrue();
  }

  /** One incident in a world of its own, beside everything that ever happened to it. */
  private final class Play {
    private record Seen(
        String gate, GateVerdict verdict, String config, int incarnation, long nanos, Instant at) {}

    private record Mark(Instant at, boolean ok) {}

    private final World world = World.create(11);
    private final InMemoryStateStore state = new InMemoryStateStore();
    private final boolean soaks;
    private EventBus bus;
    private int incarnation;
    private final List<Seen> seen = new ArrayList<>();
    private final List<Mark> tests = new ArrayList<>();
    private final List<Instant> occurrences = new ArrayList<>();
    private final List<Mark> evidence = new ArrayList<>(); // and whether its bytes are as they were
    private Instant opened;
    private @Nullable Marks fix;

    /** Where everything was when the fix was marked. */
    private record Marks(Instant at, int seen, int evidence, int occurrences) {}

    Play(boolean soaks) {
      this.soaks = soaks;
      bus = newBus();
      opened = world.time().wall();
      ClosureRequirements requirements =
          ClosureRequirements.ofDefaults().withGates("a", "b").withEvidence("status");
      registry().open("t", "f", soaks ? requirements.withSoaks("s") : requirements, "alice");
    }

    IncidentRegistry registry() {
      return IncidentRegistry.open(state, directory, bus);
    }

    private EventBus newBus() {
      return EventBus.builder(world)
          .sink(
              SoakWatch.of(
                  state,
                  "s",
                  WINDOW,
                  GAP,
                  event ->
                      event.data() instanceof CustomEvent custom
                          ? SoakWatch.Kind.valueOf(custom.name())
                          : SoakWatch.Kind.NONE))
          .build();
    }

    void play(Op op) {
      if (op instanceof Op.Judge judge) {
        judge(judge.gate(), judge.verdict(), judge.config());
      } else if (op instanceof Op.JudgeAll) {
        GATES.forEach(gate -> judge(gate, GateVerdict.GO, "x"));
      } else if (op instanceof Op.Fix) {
        registry().markFix("inc-1", "something", "alice");
        fix = new Marks(world.time().wall(), seen.size(), evidence.size(), occurrences.size());
      } else if (op instanceof Op.Attach) {
        registry().attach("inc-1", "status", "bytes " + evidence.size(), "alice");
        evidence.add(new Mark(world.time().wall(), true));
      } else if (op instanceof Op.Alter) {
        alter();
      } else if (op instanceof Op.Occur) {
        tell("OCCURRED");
        occurrences.add(millis());
      } else if (op instanceof Op.Prove prove) {
        tell(prove.ok() ? "PROVEN" : "NOT_PROVEN");
        tests.add(new Mark(millis(), prove.ok()));
      } else if (op instanceof Op.Quiet) {
        for (int i = 0; i < 2; i++) {
          play(new Op.Prove(true));
          play(new Op.JudgeAll());
          play(new Op.Pass(SPACING));
        }
      } else if (op instanceof Op.Pass pass) {
        world.advance(pass.by());
      } else if (op instanceof Op.StepWall step) {
        world.stepWall(step.by());
      } else if (op instanceof Op.Restart) {
        world.advance(Duration.ofSeconds(1)); // an incarnation's name has its second in it
        bus = newBus();
        incarnation++;
      } else if (isClosable()) {
        registry().resolve("inc-1", WORD);
        registry().reopen("inc-1", "not quite", "bob");
        opened = world.time().wall();
        fix = null;
      }
    }

    private void judge(String gate, GateVerdict verdict, String config) {
      new GateLedger(state, bus)
          .record(
              GateReport.of(
                  bus, gate, config, List.of(new GateLine("line", verdict, "why", List.of()))));
      seen.add(
          new Seen(gate, verdict, config, incarnation, world.time().nanos(), world.time().wall()));
    }

    private void tell(String what) {
      bus.emit(Subject.NONE, new CustomEvent(what, Map.of()));
      world.advance(Duration.ZERO);
    }

    private Instant millis() {
      return world.time().wall().truncatedTo(ChronoUnit.MILLIS);
    }

    private void alter() {
      if (!evidence.isEmpty()) {
        int last = evidence.size() - 1;
        try {
          Files.writeString(registry().evidence("inc-1").get(last).file(), "altered");
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        evidence.set(last, new Mark(evidence.get(last).at(), false));
      }
    }

    boolean isClosable() {
      return registry().check("inc-1").missing().stream()
          .allMatch(line -> line.name().equals("confirmation"));
    }

    // ---- the model ----

    boolean modelIsClosable() {
      Marks from = fix;
      if (from == null) {
        return false;
      }
      TreeSet<String> configs = new TreeSet<>();
      for (String gate : GATES) {
        String config =
            passedTwice(
                seen.stream().filter(s -> s.gate().equals(gate)).toList(),
                seen.subList(from.seen(), seen.size()));
        if (config == null) {
          return false;
        }
        configs.add(config);
      }
      return configs.size() == 1 && hasEvidence(from) && (!soaks || hasSoaked(from));
    }

    /** Under which configuration; null if it did not. */
    private String passedTwice(List<Seen> all, List<Seen> since) {
      for (int i = 0; i < all.size(); i++) {
        for (int j = i + 1; j < all.size(); j++) {
          Seen first = all.get(i);
          Seen second = all.get(j);
          boolean counts =
              first.verdict() == GateVerdict.GO
                  && second.verdict() == GateVerdict.GO
                  && isIn(since, first)
                  && isIn(since, second);
          boolean spoilt =
              all.subList(i, all.size()).stream()
                  .anyMatch(
                      s ->
                          s.verdict() == GateVerdict.NO_GO
                              || (s.verdict() == GateVerdict.GO
                                  && !s.config().equals(first.config())));
          if (counts && !spoilt && apart(all.subList(i, j + 1)) >= SPACING.toNanos()) {
            return first.config();
          }
        }
      }
      return null;
    }

    private static boolean isIn(List<Seen> since, Seen one) {
      return since.stream().anyMatch(other -> other == one);
    }

    private long apart(List<Seen> all) {
      long apart = 0;
      for (int i = 1; i < all.size(); i++) {
        Seen before = all.get(i - 1);
        Seen after = all.get(i);
        apart +=
            before.incarnation() == after.incarnation()
                ? after.nanos() - before.nanos()
                : Math.max(0, Duration.between(before.at(), after.at()).toNanos());
      }
      return apart;
    }

    private boolean hasEvidence(Marks from) {
      return evidence.size() > from.evidence() && evidence.get(evidence.size() - 1).ok();
    }

    private boolean hasSoaked(Marks marks) {
      Instant since = marks.at().isBefore(opened) ? opened : marks.at();
      Instant now = world.time().wall();
      Instant from = now.minus(WINDOW);
      boolean happened =
          occurrences.size() > marks.occurrences()
              && occurrences.stream().anyMatch(at -> at.isAfter(from));
      if (from.isBefore(since) || happened) {
        return false;
      }
      Instant next = now;
      for (int i = tests.size() - 1; i >= 0; i--) {
        Mark test = tests.get(i);
        Duration gap = Duration.between(test.at(), next);
        if (!test.ok() || gap.isNegative() || gap.compareTo(GAP) > 0) {
          return false;
        }
        if (!test.at().isAfter(from)) {
          return true;
        }
        next = test.at();
      }
      return false;
    }
  }
}
