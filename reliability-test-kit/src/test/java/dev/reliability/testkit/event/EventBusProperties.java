package dev.reliability.testkit.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.CustomEvent;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.EventData;
import dev.reliability.core.event.EventSink;
import dev.reliability.core.event.ProcessEvent;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.core.runtime.Strand;
import dev.reliability.testkit.world.Replay;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The bus numbers events without a gap, keeps sinks apart, and accounts for what it drops. */
class EventBusProperties {
  private static final EventData OTHER = new CustomEvent("other", Map.of());
  private static final EventData SAMPLE = new RunEvent.Progress(2, 100);

  /** A sink that remembers. */
  private static final class Remembering implements EventSink {
    final List<Event> events = new ArrayList<>();
    int caughtUp;

    @Override
    public void accept(Event event) {
      events.add(event);
    }

    @Override
    public void caughtUp() {
      caughtUp++;
    }

    @Override
    public String name() {
      return "memory";
    }

    List<Long> seqs() {
      return events.stream().map(event -> event.id().seq()).toList();
    }
  }

  @Property(tries = 100)
  void theSequenceHasNoGapWhateverStrandsEmit(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 50) int tasks) {
    Remembering sink = new Remembering();
    World world = World.create(seed);
    EventBus bus = EventBus.builder(world).sink(sink).build();
    for (int i = 0; i < tasks; i++) {
      Strand strand = world.strand(Strand.Kind.CONTROL, "emitter " + i % 7);
      world
          .scheduler()
          .schedule(
              strand,
              1_000_000L * (i % 3),
              () -> {
                Event first = bus.emit(Subject.NONE, OTHER);
                Event second = bus.emit(Subject.NONE, first.id(), SAMPLE);
                assertThat(second.id().seq()).isEqualTo(first.id().seq() + 1);
                assertThat(second.cause()).isEqualTo(first.id());
              });
    }
    world.advance(Duration.ofSeconds(1));
    bus.close();
    List<Long> expected = LongStream.rangeClosed(1, 2L * tasks + 2).boxed().toList();
    assertThat(sink.seqs()).isEqualTo(expected);
    assertThat(sink.events).extracting(event -> event.id().epoch()).containsOnly(bus.epoch());
    assertThat(sink.events).extracting(Event::mono).isSorted();
    assertThat(bus.recent().snapshot()).isEqualTo(sink.events);
    assertThat(sink.events.get(0).data()).isInstanceOf(ProcessEvent.Started.class);
    assertThat(sink.events.get(sink.events.size() - 1).data())
        .isEqualTo(new ProcessEvent.Stopped("closed"));
    assertThat(bus.dropped()).isZero();
  }

  @Property(tries = 100)
  void whatDoesNotFitIsDroppedSamplesFirstAndAccountedFor(
      @ForAll @IntRange(min = 2, max = 30) int capacity,
      @ForAll @Size(min = 1, max = 8) List<@Size(max = 60) List<Boolean>> bursts) {
    Remembering sink = new Remembering();
    World world = World.create(1);
    EventBus bus = EventBus.builder(world).sink(sink).queueCapacity(capacity).build();
    long samplesLost = 0;
    long othersLost = 0;
    for (List<Boolean> burst : bursts) {
      world.advance(Duration.ofMillis(1));
      assertThat(sink.caughtUp).isPositive();
      int waiting = 0;
      for (boolean sample : burst) { // in one go: the sink gets its turn only after it
        bus.emit(Subject.NONE, sample ? SAMPLE : OTHER);
        if (waiting < (sample ? capacity / 2 : capacity)) {
          waiting++;
        } else if (sample) {
          samplesLost++;
        } else {
          othersLost++;
        }
      }
    }
    world.advance(Duration.ofMillis(1));
    bus.close();
    List<ProcessEvent.EventsDropped> reports =
        sink.events.stream()
            .map(Event::data)
            .filter(ProcessEvent.EventsDropped.class::isInstance)
            .map(ProcessEvent.EventsDropped.class::cast)
            .toList();
    assertThat(reports.stream().mapToLong(ProcessEvent.EventsDropped::samples).sum())
        .isEqualTo(samplesLost);
    assertThat(reports.stream().mapToLong(ProcessEvent.EventsDropped::others).sum())
        .isEqualTo(othersLost);
    assertThat(bus.dropped()).isEqualTo(samplesLost + othersLost);
    assertReportsExplainEveryGap(sink, reports);
  }

  private static void assertReportsExplainEveryGap(
      Remembering sink, List<ProcessEvent.EventsDropped> reports) {
    assertThat(sink.seqs()).isSorted();
    long last = sink.seqs().get(sink.events.size() - 1);
    Set<Long> missing =
        LongStream.rangeClosed(1, last).boxed().collect(Collectors.toCollection(TreeSet::new));
    missing.removeAll(Set.copyOf(sink.seqs()));
    for (ProcessEvent.EventsDropped report : reports) {
      assertThat(report.sink()).isEqualTo("memory");
      List<Long> explained =
          missing.stream()
              .filter(seq -> seq >= report.firstSeq() && seq <= report.lastSeq())
              .toList();
      assertThat(explained).hasSize((int) (report.samples() + report.others()));
      assertThat(explained.get(0)).isEqualTo(report.firstSeq());
      assertThat(explained.get(explained.size() - 1)).isEqualTo(report.lastSeq());
      missing.removeAll(Set.copyOf(explained));
    }
    assertThat(missing).isEmpty();
  }

  @Property(tries = 50)
  void aSinkThatThrowsHurtsNobody(@ForAll @IntRange(min = 0, max = 20) int events) {
    List<String> failing = new ArrayList<>();
    Remembering healthy = new Remembering();
    World world = World.create(1);
    EventBus bus =
        EventBus.builder(world)
            .sink(
                event -> {
                  failing.add(event.type());
                  throw new IllegalStateException("sink");
                })
            .sink(
                event -> {
                  throw new AssertionError("sink");
                })
            .sink(healthy)
            .build();
    for (int i = 0; i < events; i++) {
      bus.emit(Subject.NONE, OTHER);
    }
    world.advance(Duration.ofSeconds(1));
    bus.close();
    assertThat(healthy.events).hasSize(events + 2);
    assertThat(failing).hasSize(events + 2); // it goes on being offered what comes
  }

  @Example
  void aSinkIsToldWhenItHasCaughtUp() {
    Remembering sink = new Remembering();
    World world = World.create(1);
    EventBus bus = EventBus.builder(world).sink(sink).build();
    world.advance(Duration.ZERO);
    assertThat(sink.caughtUp).isEqualTo(1);
    for (int i = 0; i < 1_000; i++) {
      bus.emit(Subject.NONE, OTHER);
    }
    assertThat(sink.events).hasSize(1); // never inside emit
    world.advance(Duration.ZERO);
    assertThat(sink.events).hasSize(1_001);
    assertThat(sink.caughtUp).isEqualTo(2);
  }

  @Example
  void drainedIsDoneWhenTheSinksHaveWhatWasEmittedBefore() {
    Remembering sink = new Remembering();
    World world = World.create(1);
    EventBus bus = EventBus.builder(world).sink(sink).build();
    bus.emit(Subject.NONE, OTHER);
    world.await(bus.drained());
    assertThat(sink.seqs()).containsExactly(1L, 2L);
    assertThat(world.elapsed()).isZero();
  }

  @Example
  void aBusOfASimulatedWorldIsTheSameEachTime() {
    int traces =
        Replay.eachTwice(
            1,
            10,
            world -> {
              EventBus bus =
                  EventBus.builder(world)
                      .sink(event -> world.trace(event.id() + " " + event.time()))
                      .sink(event -> world.trace("other " + event.id().seq()))
                      .build();
              world.advance(Duration.ofMinutes(1));
              world.suspend(Duration.ofHours(1));
              world.advance(Duration.ofMinutes(1));
              bus.close();
            });
    assertThat(traces).isEqualTo(10); // the epoch is drawn from the seed
  }

  @Example
  void closingTwiceStopsOnce() {
    Remembering sink = new Remembering();
    World world = World.create(1);
    EventBus bus = EventBus.builder(world).sink(sink).build();
    bus.close();
    bus.close();
    assertThat(sink.events)
        .extracting(Event::type)
        .containsExactly("process.started", "process.stopped");
  }
}
