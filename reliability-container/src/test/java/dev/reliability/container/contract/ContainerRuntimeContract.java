package dev.reliability.container.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reliability.container.ContainerInfo;
import dev.reliability.container.ContainerLabels;
import dev.reliability.container.ContainerRuntime;
import dev.reliability.container.ContainerSpec;
import dev.reliability.container.InputResult;
import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.StopReport;
import dev.reliability.testkit.worker.Behaviour;
import dev.reliability.testkit.worker.RecordingListener;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What every {@link ContainerRuntime} must keep beside the contract of workers: names, labels, what
 * is listed, what a kill by name reaches, input, and the end of the runtime. Extend it, say what
 * your runtime starts and how to wait, and extend {@code WorkerContract} of the test kit as well.
 *
 * <p>A subclass must leave nothing running behind; what it starts, it ends.
 *
 * @param <S> what the runtime can start
 */
public abstract class ContainerRuntimeContract<S extends ContainerSpec>
    extends ContainerContractBase<S> {
  private static final Map<String, String> NONE = Map.of();

  /** For subclasses. */
  protected ContainerRuntimeContract() {}

  // ---- who it is ----

  /** It carries its own labels and those that say whose it is and what it works on. */
  @Test
  public void aHandleTellsWhoseItIs() {
    Started one = start(spec(Behaviour.SILENT, Map.of("colour", "dark blue")));
    assertEquals(one.context.run(), one.handle.run());
    assertEquals(
        Map.of(
            "colour",
            "dark blue",
            ContainerLabels.OWNER,
            owner(),
            ContainerLabels.INCARNATION,
            one.context.owner(),
            ContainerLabels.LANE,
            one.context.work().lane(),
            ContainerLabels.ITEM,
            one.context.work().item(),
            ContainerLabels.RUN,
            one.context.run(),
            ContainerLabels.ATTEMPT,
            "1"),
        one.handle.labels());
    one.end();
  }

  /** Another run, and another attempt of the same run, have other names. */
  @Test
  public void namesAreNeverTheSame() {
    Started first = start(spec(Behaviour.SILENT, NONE));
    Started other = start(spec(Behaviour.SILENT, NONE));
    Started again = start(spec(Behaviour.SILENT, NONE), first.context, 2);
    assertEquals(3, Set.of(first.handle.name(), other.handle.name(), again.handle.name()).size());
    first.end();
    other.end();
    again.end();
  }

  /** One attempt is not started twice at a time. */
  @Test
  public void theSameAttemptIsRefusedWhileItIsLive() {
    Started one = start(spec(Behaviour.SILENT, NONE));
    one.untilUp();
    S same = spec(Behaviour.SILENT, NONE);
    RecordingListener unheard = new RecordingListener();
    assertThrows(IllegalStateException.class, () -> containers().spawn(same, one.context, unheard));
    assertTrue(one.handle.isAlive());
    assertEquals(List.of(), unheard.calls());
    one.end();
  }

  /** Once it is up it has an identity, which stays, and which a list shows too. */
  @Test
  public void anIdentityIsKnownOnceItIsUpAndStays() {
    Started one = start(spec(Behaviour.SILENT, NONE));
    until("its identity is known", () -> one.handle.identity().isPresent());
    var identity = one.handle.identity();
    assertEquals(identity.orElseThrow(), only(one.listedByRun()).identity());
    Started other = start(spec(Behaviour.SILENT, NONE));
    until("the other's is known", () -> other.handle.identity().isPresent());
    assertNotEquals(identity, other.handle.identity());
    one.end();
    assertEquals(identity, one.handle.identity());
    other.end();
  }

  // ---- what is listed ----

  /** What is alive is listed under each of its labels, under all of them, and under none. */
  @Test
  public void whatIsAliveIsListedUnderEachOfItsLabels() {
    Started one = start(spec(Behaviour.SILENT, Map.of("colour", "blue")));
    Started other = start(spec(Behaviour.SILENT, Map.of("colour", "red")));
    one.untilUp();
    other.untilUp();
    one.handle
        .labels()
        .forEach(
            (label, value) ->
                assertTrue(
                    names(list(Map.of(label, value))).contains(one.handle.name()),
                    () -> "listed under " + label + "=" + value));
    assertEquals(Set.of(one.handle.name()), names(list(one.handle.labels())));
    assertTrue(names(list(NONE)).containsAll(Set.of(one.handle.name(), other.handle.name())));
    ContainerInfo info = only(one.listedByRun());
    assertEquals(one.handle.name(), info.name());
    assertEquals(one.handle.labels(), info.labels());
    assertEquals(ContainerInfo.State.RUNNING, info.state());
    one.end();
    other.end();
  }

  /** Names and values of labels are compared exactly: no prefixes, no patterns, no other case. */
  @Test
  public void labelsAreComparedExactly() {
    String value = prefix() + "a.b=c, d*e";
    Started one = start(spec(Behaviour.SILENT, Map.of("colour", value)));
    one.untilUp();
    assertEquals(Set.of(one.handle.name()), names(list(Map.of("colour", value))));
    for (String wrong :
        List.of(
            "",
            "*",
            value.substring(0, value.length() - 1),
            value + " ",
            value.replace("d*e", "de"),
            value.replace("d*e", "dde"),
            value.toUpperCase(Locale.ROOT) + "X")) {
      assertEquals(Set.of(), names(list(Map.of("colour", wrong))), () -> "under " + wrong);
    }
    assertEquals(Set.of(), names(list(Map.of("colou", value))));
    assertEquals(
        Set.of(), names(list(Map.of("colour", value, ContainerLabels.LANE, "another lane"))));
    assertEquals(Set.of(), names(list(Map.of(ContainerLabels.OWNER, owner() + "-2"))));
    one.end();
  }

  /** What has ended, with nothing left of it, is not listed any more. */
  @Test
  public void whatIsOverIsNotListed() {
    Started one = start(spec(Behaviour.THREE_MARKERS_THEN_EXIT, NONE));
    one.untilOver();
    one.untilNotListed();
  }

  /** What could not be started is not listed, and may be started again. */
  @Test
  public void whatCouldNotStartLeavesNothing() {
    Started one = start(spec(Behaviour.MISSING, NONE));
    until("the failure is told", () -> one.heard.failure() != null);
    one.untilNotListed();
    Started again = start(spec(Behaviour.SILENT, NONE), one.context, 1);
    again.untilUp();
    again.end();
  }

  // ---- stopping by name ----

  /** A kill by name ends that one and no other. */
  @Test
  public void aKillByNameEndsThatOneOnly() {
    Started one = start(spec(Behaviour.MARKER_THEN_STUBBORN, NONE));
    Started other = start(spec(Behaviour.SILENT, NONE));
    one.untilUp();
    other.untilUp();
    StopReport report = done(containers().kill(one.handle.name()));
    assertEquals(List.of(), report.survivors());
    one.untilOver();
    one.untilNotListed();
    assertTrue(other.handle.isAlive());
    assertEquals(1, other.listedByRun().size());
    other.end();
  }

  /** A removal ends it if it has to, and it is not listed afterwards. */
  @Test
  public void aRemovalLeavesNothingToList() {
    Started one = start(spec(Behaviour.MARKER_THEN_STUBBORN, NONE));
    one.untilUp();
    StopReport report = done(containers().remove(one.handle.name()));
    assertEquals(List.of(), report.survivors());
    assertEquals(List.of(), one.listedByRun());
    one.untilOver();
    assertFalse(one.handle.isAlive());
    assertEquals(List.of(), done(containers().remove(one.handle.name())).survivors());
  }

  /** A name that nobody has is that of somebody who is gone already. */
  @Test
  public void aNameThatNobodyHasIsGoneAlready() {
    Started one = start(echo());
    one.untilUp();
    String unknown = one.handle.name() + "0";
    assertEquals(List.of(), done(containers().kill(unknown)).survivors());
    assertEquals(List.of(), done(containers().remove(unknown)).survivors());
    one.send("still here\n");
    until("it answers", () -> one.heard.progressCount() == 1 || one.heard.exit() != null);
    assertTrue(one.handle.isAlive());
    one.end();
  }

  /** A kill before anybody knows whether it is up leaves nothing behind. */
  @Test
  public void aKillWhileItStartsLeavesNothing() {
    Started one = start(spec(Behaviour.MARKER_THEN_STUBBORN, NONE));
    assertEquals(List.of(), done(containers().kill(one.handle.name())).survivors());
    until(
        "it is told what became of it",
        () -> one.heard.exit() != null || one.heard.failure() != null);
    one.untilNotListed();
    assertFalse(one.handle.isAlive());
    one.assertNoComplaint();
  }

  // ---- input and output ----

  /** What is sent arrives in order, also what was sent before it was up. */
  @Test
  public void inputArrivesInOrderAlsoIfItWasEarly() {
    Started one = start(echo());
    for (int i = 0; i < 20; i++) {
      assertEquals(InputResult.QUEUED, one.send("line " + i + "\n"));
    }
    until("all came back", () -> one.heard.progressCount() == 20);
    done(one.handle.closeInput());
    one.untilOver();
    assertEquals(new ExitStatus.Code(0), one.heard.exit());
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      expected.append("line ").append(i).append('\n');
    }
    assertEquals(expected.toString(), one.handle.transcript().out().text());
    assertEquals(expected.length(), one.handle.transcript().out().bytes());
  }

  /** Input after its close, or after the end, is refused. */
  @Test
  public void inputAfterItsCloseIsRefused() {
    Started one = start(echo());
    one.untilUp();
    done(one.handle.closeInput());
    assertEquals(InputResult.CLOSED, one.send("too late\n"));
    one.untilOver();
    assertEquals(InputResult.CLOSED, one.send("later still\n"));
  }

  /** Who does not read fills its queue: that is told, blocks nobody and does not stop the kill. */
  @Test
  public void inputThatNobodyReadsIsRefusedInTheEnd() {
    Started one = start(spec(Behaviour.MARKER_THEN_STUBBORN, NONE));
    one.untilUp();
    byte[] piece = new byte[64 * 1024];
    InputResult result = InputResult.QUEUED;
    for (int i = 0; i < 1_000 && result == InputResult.QUEUED; i++) {
      result = one.handle.send(piece);
    }
    assertEquals(InputResult.FULL, result);
    one.end();
  }

  // ---- the end of the runtime ----

  /** Closing the runtime ends everybody, and each is told of it. */
  @Test
  public void aCloseEndsEverybody() {
    Started stubborn = start(spec(Behaviour.MARKER_THEN_STUBBORN, NONE));
    Started silent = start(spec(Behaviour.SILENT, NONE));
    stubborn.untilUp();
    silent.untilUp();
    containers().close();
    stubborn.untilOver();
    silent.untilOver();
    assertFalse(stubborn.handle.isAlive());
    assertFalse(silent.handle.isAlive());
    containers().close();
  }

  /** After its close nothing is started any more, and that is told as a start that failed. */
  @Test
  public void nothingIsStartedAfterTheClose() {
    containers().close();
    Started one = start(spec(Behaviour.SILENT, NONE));
    until("the failure is told", () -> one.heard.failure() != null);
    assertEquals(List.of("spawnFailed"), one.heard.calls());
    assertEquals(List.of(), done(one.handle.kill()).survivors());
    assertFalse(one.handle.isAlive());
  }
}
