package dev.reliability.container.orphan;

import static dev.reliability.container.orphan.LedgerTest.intent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who lives and who is dead, with real files, real locks and real processes that are killed. */
@Timeout(120)
class LedgerDirectoryTest {
  private static final int KILLS = Math.max(1, Integer.getInteger("reliability.kills", 30) / 3);

  @TempDir private Path temporary;
  private Path directory;
  private LedgerDirectory ledgers;
  private final List<Process> processes = new ArrayList<>();

  @BeforeEach
  void open() {
    directory = temporary.resolve("ledgers");
    ledgers = LedgerDirectory.at(directory);
  }

  @AfterEach
  void leaveNoneBehind() {
    processes.forEach(Process::destroyForcibly);
  }

  private Process holder(String incarnation, String... runs) throws IOException {
    Process process = LedgerHolder.start(directory, incarnation, runs);
    processes.add(process);
    BufferedReader told = process.inputReader();
    assertThat(told.readLine()).isEqualTo("ready");
    return process;
  }

  private static void kill(Process process) throws InterruptedException {
    process.destroyForcibly();
    assertThat(process.waitFor()).isEqualTo(128 + 9);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals(".lock"))
          .sorted()
          .toList();
    }
  }

  @Test
  void aKilledIncarnationIsDeadAndItsEntriesAreThere() throws Exception {
    Process process = holder("killed", "r1", "r2");
    assertThat(ledgers.isDead("killed")).isFalse();
    assertThat(ledgers.takeDead()).isEmpty();
    kill(process);
    assertThat(ledgers.isDead("killed")).isTrue();
    List<DeadLedger> dead = ledgers.takeDead();
    assertThat(dead).hasSize(1);
    assertThat(dead.get(0).incarnation()).isEqualTo("killed");
    assertThat(dead.get(0).entries())
        .extracting(entry -> entry.intent().run() + " " + entry.identity().get("pid"))
        .containsExactly("r1 1", "r2 2");
    dead.get(0).close();
    assertThat(files()).containsExactly("killed.ledger");
  }

  @Test
  void whoeverOnlyLooksSeesWhatIsLeftAndChangesNothing() throws Exception {
    Process process = holder("alive", "r9");
    kill(holder("killed", "r1", "r2"));
    Files.writeString(directory.resolve("torn.ledger"), "no ledger\n");
    List<String> before = files();
    LedgerView view = ledgers.look();
    assertThat(view.kinds()).containsExactly("process");
    assertThat(view.entries("process").get("killed"))
        .extracting(entry -> entry.intent().run())
        .containsExactly("r1", "r2");
    assertThat(view.entries("process")).doesNotContainKey("alive");
    assertThat(view.unreadable()).singleElement().asString().contains("torn.ledger");
    assertThat(ledgers.lives("alive")).isTrue();
    assertThat(List.of(ledgers.lives("killed"), ledgers.lives("torn"), ledgers.lives("nobody")))
        .containsOnly(false);
    assertThat(view.isDead("killed")).isTrue();
    assertThat(view.isDead("torn")).isFalse();
    assertThat(files()).isEqualTo(before);
    kill(process);
    assertThat(ledgers.lives("alive")).isFalse();
  }

  @Test
  void whatIsGoneIsWrittenAndALedgerWithoutEntriesIsDeletedButNotForgotten() throws Exception {
    kill(holder("killed", "r1", "r2"));
    try (DeadLedger dead = ledgers.takeDead().get(0)) {
      dead.gone(dead.entries().get(0));
    }
    try (DeadLedger dead = ledgers.takeDead().get(0)) {
      assertThat(dead.entries()).extracting(entry -> entry.intent().run()).containsExactly("r2");
      dead.gone(dead.entries().get(0));
    }
    assertThat(files()).containsExactly("killed.dead");
    assertThat(ledgers.isDead("killed")).isTrue();
    assertThat(ledgers.takeDead()).isEmpty();
  }

  @Test
  void anIncarnationThatWasNeverHereIsNotKnownToBeDead() {
    assertThat(ledgers.isDead("somebody-elsewhere")).isFalse();
    assertThat(ledgers.isDead("../../etc/passwd")).isFalse();
    assertThat(ledgers.isDead("")).isFalse();
  }

  @Test
  void lookingAtOurOwnLedgerDoesNotGiveItsLockAway() throws Exception {
    Ledger ours = Ledger.open(directory, "ours");
    ours.intend(intent("r1"));
    assertThat(ledgers.isDead("ours")).isFalse();
    assertThat(ledgers.takeDead()).isEmpty();
    assertThat(LedgerHolder.ask(directory, "ours")).isEqualTo("dead: false, taken: []");
    ours.close();
    assertThat(LedgerHolder.ask(directory, "ours")).isEqualTo("dead: true, taken: [ours]");
  }

  @Test
  void aLedgerThatWasMadeAnewIsStillLocked() throws Exception {
    Ledger ours = new Ledger(ledgers.home(), ledgers.path(), "ours", 500);
    for (int i = 0; i < 30; i++) {
      ours.intend(intent("r" + i)).gone();
    }
    ours.intend(intent("last"));
    assertThat(Files.size(directory.resolve("ours.ledger"))).isLessThan(1_000);
    assertThat(LedgerHolder.ask(directory, "ours")).isEqualTo("dead: false, taken: []");
    assertThat(files()).containsExactly("ours.ledger");
    ours.close();
    try (DeadLedger dead = ledgers.takeDead().get(0)) {
      assertThat(dead.entries()).extracting(entry -> entry.intent().run()).containsExactly("last");
    }
  }

  @Test
  void twoReapersDoNotTakeTheSameLedger() throws Exception {
    kill(holder("killed", "r1"));
    try (DeadLedger dead = ledgers.takeDead().get(0)) {
      assertThat(dead.entries()).hasSize(1);
      assertThat(ledgers.takeDead()).isEmpty();
      assertThat(ledgers.isDead("killed")).isTrue(); // we hold it, so we know
      assertThat(LedgerHolder.ask(directory, "killed")).isEqualTo("dead: false, taken: []");
    }
    assertThat(LedgerHolder.ask(directory, "killed")).isEqualTo("dead: true, taken: [killed]");
  }

  @Test
  void aLineThatACrashCutShortIsNotThereAndTheRestIs() throws Exception {
    kill(holder("killed", "r1"));
    Path file = directory.resolve("killed.ledger");
    byte[] torn = LedgerLines.intent(9, intent("r9"));
    Files.write(file, Arrays.copyOf(torn, torn.length - 3), StandardOpenOption.APPEND);
    try (DeadLedger dead = ledgers.takeDead().get(0)) {
      assertThat(dead.problem()).isNull();
      assertThat(dead.entries()).extracting(entry -> entry.intent().run()).containsExactly("r1");
      dead.gone(new LedgerEntry(77, intent("r77"), Map.of())); // none of its own
    }
    assertThat(ledgers.takeDead()).hasSize(1).allSatisfy(DeadLedger::close);
  }

  @Test
  void whoeverIsKilledWhileItWritesHasLostNoIntentThatItTold() throws Exception {
    Random random = new Random(7);
    for (int kill = 0; kill < KILLS; kill++) {
      Process process = LedgerHolder.churn(directory, "churn-" + kill);
      processes.add(process);
      Set<String> intended = new LinkedHashSet<>();
      Set<String> ended = new LinkedHashSet<>();
      try (BufferedReader told = process.inputReader()) {
        for (int lines = random.nextInt(60) + 1; lines > 0; lines--) {
          note(told.readLine(), intended, ended);
        }
        process.toHandle().destroyForcibly(); // which leaves its output readable
        assertThat(process.waitFor()).isEqualTo(128 + 9);
        told.lines().forEach(line -> note(line, intended, ended));
      }
      List<DeadLedger> taken = ledgers.takeDead();
      assertThat(taken).hasSize(1);
      try (DeadLedger dead = taken.get(0)) {
        assertThat(dead.problem()).isNull();
        List<String> left = dead.entries().stream().map(entry -> entry.intent().run()).toList();
        Set<String> open = new LinkedHashSet<>(intended);
        open.removeAll(ended);
        assertThat(left).as("after kill %d", kill).containsAll(open).doesNotHaveDuplicates();
        Set<String> untold = new LinkedHashSet<>(left);
        untold.removeAll(intended);
        assertThat(untold).isSubsetOf("r" + intended.size()); // written, and killed before it told
        dead.entries().forEach(dead::gone);
      }
    }
    assertThat(files()).hasSize(KILLS).allMatch(name -> name.endsWith(".dead"));
  }

  private static void note(String line, Set<String> intended, Set<String> ended) {
    if (line.matches("[+-]r\\d+")) { // the last one may be cut short
      (line.startsWith("+") ? intended : ended).add(line.substring(1));
    }
  }

  @Test
  void aDeathWhileALedgerIsDeletedLeavesItToTheNextReaper() throws Exception {
    kill(holder("killed"));
    Files.createFile(directory.resolve("killed.dead")); // the step before the file goes
    assertThat(ledgers.isDead("killed")).isTrue();
    ledgers.takeDead().forEach(DeadLedger::close);
    assertThat(files()).containsExactly("killed.dead");
  }

  @Test
  void aFileThatIsNoneOfOursIsAnErrorThatNamesItAndStaysAsItIs() throws Exception {
    kill(holder("killed", "r1"));
    Path foreign = directory.resolve("notes.ledger");
    Files.writeString(foreign, "buy milk\n");
    Path changed = directory.resolve("killed.ledger");
    String before = Files.readString(changed).replace("r1", "r2");
    Files.writeString(changed, before);
    List<DeadLedger> dead = ledgers.takeDead();
    assertThat(dead)
        .extracting(ledger -> ledger.problem().getMessage())
        .satisfiesExactly(
            first -> assertThat(first).contains("killed.ledger, line 2: expected"),
            second -> assertThat(second).contains("notes.ledger, line 1", "buy milk"));
    assertThat(dead).allSatisfy(ledger -> assertThat(ledger.entries()).isEmpty());
    dead.forEach(DeadLedger::close);
    assertThat(Files.readString(foreign)).isEqualTo("buy milk\n");
    assertThat(Files.readString(changed)).isEqualTo(before);
    assertThat(ledgers.isDead("killed")).isFalse(); // what it left is not known
  }

  @Test
  void anIncarnationThatDiedBeforeItsFirstLineLeftNothing() throws Exception {
    Files.createFile(directory.resolve("early.ledger"));
    Files.write(directory.resolve("later.ledger"), new byte[] {'r', 'e'});
    Files.createFile(directory.resolve("later.ledger.tmp"));
    List<DeadLedger> dead = ledgers.takeDead();
    assertThat(dead).extracting(DeadLedger::incarnation).containsExactly("early", "later");
    dead.forEach(DeadLedger::close);
    assertThat(files()).containsExactly("early.dead", "later.dead");
  }

  @Test
  void onlyTheLatestThousandOfTheDeadAreRemembered() throws Exception {
    for (int i = 0; i < 1_000; i++) {
      Files.createFile(directory.resolve(String.format("i-%04d.dead", i)));
    }
    Ledger.open(directory, "i-5000").close();
    assertThat(files()).hasSize(1_000).contains("i-5000.dead").doesNotContain("i-0000.dead");
  }

  @Test
  void anIncarnationHasOneLedgerAndANameThatIsOne() {
    Ledger ours = Ledger.open(directory, "ours");
    assertThatThrownBy(() -> Ledger.open(directory, "ours"))
        .isInstanceOf(LedgerException.class)
        .hasMessageContaining("ours");
    ours.close();
    assertThatThrownBy(() -> Ledger.open(directory, "a/b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"a/b\"");
    assertThatThrownBy(() -> LedgerDirectory.at(Path.of("/proc/nowhere")))
        .isInstanceOf(LedgerException.class)
        .hasMessageContaining("/proc/nowhere");
  }

  // ---- what others have in hand ----

  @Test
  void whatLivingLedgersNameIsInHandWhoeverHoldsThem() throws Exception {
    holder("b-1", "theirs");
    try (Ledger mine = Ledger.open(directory, "a-1")) {
      mine.intend(intent("mine"));
      mine.intend(intent("over")).gone();
      mine.intend(intent("other")); // which writes down, too, that the one before is gone
      assertThat(ledgers.inHand("process", Set.of()))
          .isEqualTo(new DeadIncarnations.InHand(Set.of("theirs", "mine", "other"), List.of()));
      assertThat(ledgers.inHand("process", Set.of("a-1")).cookies()).containsExactly("theirs");
      assertThat(ledgers.inHand("podman", Set.of()).cookies()).isEmpty();
      Files.writeString(directory.resolve("bad-1.ledger"), "nonsense\n");
      assertThat(ledgers.inHand("process", Set.of("a-1")).cookies()).containsExactly("theirs");
      assertThat(ledgers.inHand("process", Set.of("a-1")).unreadable())
          .singleElement()
          .asString()
          .contains("bad-1.ledger", "line 1");
      assertThat(LedgerHolder.ask(directory, "a-1")).as("still locked").startsWith("dead: false");
    }
  }
}
