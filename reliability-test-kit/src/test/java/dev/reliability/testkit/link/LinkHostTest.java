package dev.reliability.testkit.link;

import static dev.reliability.testkit.link.LinkRig.LOST;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.LinkSnapshot;
import dev.reliability.core.link.LinkClose;
import dev.reliability.core.link.LinkState;
import dev.reliability.core.link.LinkView;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.testkit.worker.FakeWorker;
import dev.reliability.testkit.worker.WorkerScript;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What the host wishes of a link, and what it is told. */
class LinkHostTest extends LinkSupervisorFixture {
  @Test
  void nothingIsConnectedBeforeItIsStarted() {
    LinkRig rig = rig(LinkPlan.opens());
    rig.pass(DAY);
    assertThat(rig.state()).isEqualTo(LinkState.IDLE);
    rig.start();
    assertThat(rig.state()).isEqualTo(LinkState.OPEN);
    rig.supervisor.start();
    rig.pass(DAY);
    assertThat(link().connects()).isEqualTo(1);
    assertThat(rig.types()).containsExactly("link.started", "link.connecting", "link.opened");
  }

  @Test
  void theHostStopsAndResumesIt() {
    LinkRig rig = rig(LinkPlan.opens()).start();
    rig.supervisor.stop("ann", "maintenance");
    rig.supervisor.resume("ann", "done");
    rig.pass(Duration.ZERO);
    assertThat(rig.state()).isEqualTo(LinkState.OPEN);
    assertThat(link().connects()).isEqualTo(2);
    assertThat(rig.types())
        .containsExactly(
            "link.started",
            "link.connecting",
            "link.opened",
            "link.closed",
            "link.stopped",
            "link.started",
            "link.connecting",
            "link.opened");
    assertThat(rig.events.stream().filter(e -> e.type().equals("link.stopped")))
        .extracting(e -> e.subject().actor())
        .containsExactly("ann");
  }

  @Test
  void stoppedBeforeItWasStartedItStaysStopped() {
    LinkRig rig = rig(LinkPlan.opens());
    rig.supervisor.stop("ann", "not today");
    rig.start();
    rig.pass(DAY);
    assertThat(rig.state()).isEqualTo(LinkState.STOPPED);
    assertThat(link().connects()).isZero();
    rig.supervisor.resume("ann", "today");
    rig.pass(Duration.ZERO);
    assertThat(rig.state()).isEqualTo(LinkState.OPEN);
  }

  @Test
  void stoppedWhileItWaitsItWaitsNoMore() {
    LinkRig rig = rig(LinkPlan.refused(LOST)).start();
    rig.supervisor.stop("ann", "maintenance");
    rig.pass(DAY);
    assertThat(rig.state()).isEqualTo(LinkState.STOPPED);
    assertThat(link().connects()).isEqualTo(1);
  }

  @Test
  void closingWaitsForTheEndOfTheConnection() {
    LinkRig rig = rig(LinkPlan.opens()).start();
    rig.supervisor.close();
    assertThat(link().open()).isZero();
    assertThat(rig.state()).isEqualTo(LinkState.STOPPED);
    rig.supervisor.resume("ann", "too late");
    rig.pass(DAY);
    assertThat(link().connects()).isEqualTo(1);
    rig.supervisor.close();
  }

  @Test
  void butNotForEver() {
    LinkRig rig = rig(LinkPlan.opens().ignoringClose()).start();
    rig.supervisor.close();
    assertThat(rig.world.elapsed()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void itRemembersTheLastClosesAndHowManyThereWere() {
    LinkRig rig =
        new LinkRig(
            7,
            LinkRig.steady().build(),
            world -> FakeLink.playing(world, LinkPlan.refused(LOST)),
            builder -> builder.closesKept(3));
    List<LinkClose> model = new ArrayList<>();
    rig.start();
    for (int i = 0; i < 10; i++) {
      LinkView view = rig.supervisor.view();
      model.add(new LinkClose(rig.world.time().wall(), i + 1, LOST, false));
      assertThat(view.closes())
          .isEqualTo(model.subList(Math.max(0, model.size() - 3), model.size()));
      assertThat(view.closesInAll()).isEqualTo(i + 1);
      assertThat(view.closesDropped()).isEqualTo(Math.max(0, i - 2));
      rig.pass(Duration.between(rig.world.time().wall(), view.nextAttemptAt()));
    }
  }

  @Test
  void aRunThatEndsSaysHowTheLinkWas() {
    AtomicReference<RunSupervisor> runs = new AtomicReference<>();
    LinkRig rig =
        new LinkRig(
            7,
            LinkRig.steady().build(),
            world -> FakeLink.playing(world, LinkPlan.refused(LOST)),
            builder -> builder.onChange(view -> runs.get().updateLink(view.snapshot())));
    runs.set(RunSupervisor.builder().bus(rig.bus).build());
    rig.start();
    var outcome =
        runs.get()
            .run(
                Work.of("lane", "item"),
                FakeWorker.playing(rig.world, WorkerScript.idle().exitAt(Duration.ZERO, 0)));
    rig.pass(Duration.ofMillis(1));
    assertThat(outcome.join().ended().orElseThrow().end().link())
        .isEqualTo(new LinkSnapshot("waiting", "retry (428)", 1, START, START.plusSeconds(1), 1));
  }

  @Test
  void anObserverThatThrowsHarmsNobody() {
    List<LinkState> seen = new ArrayList<>();
    LinkRig rig =
        new LinkRig(
            7,
            LinkRig.steady().build(),
            world -> FakeLink.playing(world, LinkPlan.opens()),
            builder ->
                builder
                    .onChange(
                        view -> {
                          throw new IllegalStateException("an observer throws");
                        })
                    .onChange(view -> seen.add(view.state())));
    rig.start();
    assertThat(seen).containsExactly(LinkState.CONNECTING, LinkState.OPEN);
  }
}
