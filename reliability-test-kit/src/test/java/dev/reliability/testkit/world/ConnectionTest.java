package dev.reliability.testkit.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.runtime.Strand;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens to a node's calls, and what was done then. */
class ConnectionTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);

  private final World world = World.create(9);
  private final StateStore store = new InMemoryStateStore();
  private final Node a = world.node("a");
  private final StateStore mine = a.connect(StateStore.class, store);
  private final List<String> log = new ArrayList<>();

  private void note(String what) {
    log.add(what + " " + world.elapsed().toSeconds());
  }

  /** Writes a document in a task of its own, and notes what became of it. */
  private void write(Node node, StateStore to, String name) {
    node.strand(Strand.Kind.IO, "writer").execute(writing(to, name));
  }

  private Runnable writing(StateStore to, String name) {
    return () -> {
      try {
        note(name + " " + to.write(name, StateStore.NEW, Map.of()));
      } catch (StoreException e) {
        note(name + " unknown");
      }
    };
  }

  @Test
  void aCrashAtTheVeryInstantAtWhichACallEndsIsEitherBeforeItOrAfterIt() {
    for (long seed = 0; seed < 50; seed++) {
      World one = World.create(seed);
      StateStore shared = new InMemoryStateStore();
      Node node = one.node("a");
      StateStore reached = node.connect(StateStore.class, shared);
      node.connection().next(new CallFault.Hang(SECOND));
      node.strand(Strand.Kind.IO, "writer")
          .execute(() -> reached.write("doc", StateStore.NEW, Map.of()));
      one.scheduler()
          .schedule(one.strand(Strand.Kind.IO, "fate"), SECOND.toNanos(), () -> node.crash());
      one.advance(HOUR);
      assertThat(node.isCrashed()).isTrue();
      assertThat(shared.names("").size()).isLessThanOrEqualTo(1);
      assertThat(one.isIdle()).isTrue();
    }
  }

  @Test
  void withoutFaultsItIsAsIfItWereNotThere() {
    assertThat(mine.write("doc", StateStore.NEW, Map.of("k", "v"))).isTrue();
    assertThat(mine.read("doc")).isEqualTo(store.read("doc")).isPresent();
    assertThatIllegalArgumentException().isThrownBy(() -> mine.read(" "));
    assertThat(a.connection().calls()).isEqualTo(3);
    assertThat(mine).isNotEqualTo(store).hasToString(store + " as node a reaches it");
    assertThat(List.of(mine)).contains(mine);
    assertThat(Map.of(mine, 1)).containsKey(mine);
    assertThat(a.connection().calls()).isEqualTo(3);
  }

  @Test
  void aLostRequestIsNotDoneAndALostAnswerIs() {
    a.connection().next(new CallFault.LostRequest());
    a.connection().next(new CallFault.LostAnswer());
    assertThatThrownBy(() -> mine.write("one", StateStore.NEW, Map.of()))
        .isInstanceOf(StoreException.class)
        .hasMessage("StateStore.write: the connection broke before the request was sent");
    assertThatThrownBy(() -> mine.write("two", StateStore.NEW, Map.of()))
        .isInstanceOf(StoreException.class)
        .hasMessage("StateStore.write: the connection broke; nobody knows whether it was done");
    assertThat(store.names("")).containsExactly("two");
    assertThat(mine.write("one", StateStore.NEW, Map.of())).isTrue();
  }

  @Test
  void aCallThatHangsHoldsUpItsStrandAndNothingElse() {
    a.connection().next(new CallFault.Hang(SECOND.multipliedBy(10)));
    Strand strand = a.strand(Strand.Kind.IO, "writer");
    strand.execute(writing(mine, "first"));
    strand.execute(writing(mine, "second"));
    a.scheduler().schedule(strand, SECOND.toNanos(), () -> note("third"));
    Strand other = a.strand(Strand.Kind.CONTROL, "other");
    a.scheduler().schedule(other, SECOND.multipliedBy(5).toNanos(), writing(mine, "other"));
    world.advance(SECOND.multipliedBy(9));
    assertThat(store.names("")).containsExactly("other");
    world.advance(HOUR);
    assertThat(log).containsExactly("other true 5", "first true 10", "second true 10", "third 10");
  }

  @Test
  void callsMayHangOneInTheOther() {
    for (int i = 0; i < 3; i++) {
      a.connection().next(new CallFault.Hang(SECOND.multipliedBy(10 + i % 2)));
      int number = i;
      Strand strand = a.strand(Strand.Kind.IO, "writer " + i);
      a.scheduler().schedule(strand, i * SECOND.toNanos(), writing(mine, "w" + number));
    }
    world.advance(HOUR);
    assertThat(log).containsExactlyInAnyOrder("w0 true 10", "w1 true 12", "w2 true 12");
  }

  @Test
  void oneTaskMayHangTwice() {
    a.connection().at(1, new CallFault.Hang(SECOND));
    a.connection().at(2, new CallFault.Hang(SECOND));
    a.strand(Strand.Kind.IO, "writer")
        .execute(
            () -> {
              writing(mine, "one").run();
              writing(mine, "two").run();
              throw new IllegalStateException("seen");
            });
    assertThatThrownBy(() -> world.advance(HOUR))
        .isInstanceOf(SimulationException.TaskFailed.class)
        .hasMessageContaining("seen");
    assertThat(log).containsExactly("one true 1", "two true 2");
  }

  @Test
  void aRequestComesInTimeAlsoFromANodeThatIsPausedThenAndTheAnswerWaits() {
    a.connection().next(new CallFault.Hang(SECOND));
    write(a, mine, "doc");
    world.advance(Duration.ZERO);
    a.pause(HOUR);
    world.advance(SECOND);
    assertThat(store.names("")).containsExactly("doc");
    world.advance(HOUR.multipliedBy(2));
    assertThat(log).containsExactly("doc true 3600");
  }

  @Test
  void aNodeThatCrashesTakesItsRequestsWithIt() {
    a.connection().next(new CallFault.Hang(SECOND.multipliedBy(10)));
    write(a, mine, "doc");
    world.advance(SECOND);
    a.crash();
    assertThat(world.runUntilIdle(HOUR)).isEqualTo(Stop.IDLE);
    assertThat(world.elapsed()).isEqualTo(SECOND);
    assertThat(store.names("")).isEmpty();
    assertThat(log).isEmpty();
  }

  @Test
  void whatACallThatHungThrowsComesToItsCaller() {
    a.connection().next(new CallFault.Hang(SECOND));
    a.strand(Strand.Kind.IO, "reader").execute(() -> mine.read(" "));
    assertThatThrownBy(() -> world.advance(HOUR))
        .isInstanceOf(SimulationException.TaskFailed.class)
        .hasRootCauseInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aCallCannotHangWhereNobodyCanWait() {
    a.connection().next(new CallFault.Hang(SECOND));
    assertThatThrownBy(() -> mine.read("doc"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("only in a task of its own node, which is a");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aTaskWhoseNodeCrashesInACallWritesNothingMore(boolean done) {
    a.connection().at(2, new CallFault.Crash(done, null));
    a.strand(Strand.Kind.IO, "writer")
        .execute(
            () -> {
              for (String name : List.of("one", "two", "three", "four")) {
                try {
                  mine.write(name, StateStore.NEW, Map.of());
                } catch (Throwable e) { // as code that is prepared for everything does
                  note(name + " " + e.getMessage());
                }
              }
            });
    world.advance(HOUR);
    assertThat(store.names("")).isEqualTo(done ? List.of("one", "two") : List.of("one"));
    assertThat(log)
        .containsExactly(
            "two node a has crashed 0", "three node a has crashed 0", "four node a has crashed 0");
    assertThat(a.isCrashed()).isTrue();
  }

  @Test
  void theNextIncarnationHasTheSameConnectionAndTheOldOneNone() {
    a.connection().next(new CallFault.Crash(true, SECOND));
    write(a, mine, "one");
    world.advance(SECOND);
    Node next = world.node("a");
    StateStore his = next.connect(StateStore.class, store);
    assertThat(his.names("")).containsExactly("one");
    assertThat(next.connection()).isSameAs(a.connection());
    assertThat(next.connection().calls()).isEqualTo(2);
    assertThatThrownBy(() -> mine.names("")).isInstanceOf(NodeCrash.class);
    assertThat(next.connection().calls()).isEqualTo(2);
  }

  @Test
  void faultsOfACallGoBeforeThoseOfTheNextOne() {
    Connection connection = a.connection();
    connection.next(new CallFault.LostRequest());
    connection.at(1, new CallFault.LostAnswer());
    connection.at(1, new CallFault.Hang(SECOND));
    connection.at(1, new CallFault.LostAnswer()); // the last word
    assertThat(connection.mayHang()).isFalse();
    assertThatThrownBy(() -> mine.write("one", StateStore.NEW, Map.of()))
        .hasMessageContaining("nobody knows");
    assertThatThrownBy(() -> mine.write("two", StateStore.NEW, Map.of()))
        .hasMessageContaining("before");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> connection.at(2, new CallFault.LostAnswer()))
        .withMessageContaining("more than the 2");
  }

  @Test
  void aHealedConnectionForgetsWhatWasToHappen() {
    a.connection().next(new CallFault.LostRequest());
    a.connection().next(new CallFault.Hang(SECOND));
    a.connection().at(1, new CallFault.LostRequest());
    a.connection().heal();
    assertThat(mine.write("doc", StateStore.NEW, Map.of())).isTrue();
    assertThat(a.connection().mayHang()).isFalse();
  }
}
