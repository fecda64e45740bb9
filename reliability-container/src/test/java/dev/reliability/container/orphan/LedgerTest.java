package dev.reliability.container.orphan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a ledger promises while its incarnation lives, on a disk that may be full or refuse. */
class LedgerTest {
  static final String INCARNATION = "20260101T000000Z-0a1b2c3d";

  private final FakeHome home = new FakeHome();

  private Ledger ledger() throws IOException {
    return ledger(1_000_000);
  }

  private Ledger ledger(long rewriteBytes) throws IOException {
    return new Ledger(home, Path.of("nowhere"), INCARNATION, rewriteBytes);
  }

  static Intent intent(String run) {
    return new Intent("process", run, 1, "lane", "item", INCARNATION, run);
  }

  @Test
  void anIntentIsOnTheDiskBeforeAnythingMayBeStarted() throws IOException {
    Ledger ledger = ledger();
    ledger.intend(intent("r1"));
    assertThat(home.file.forcedBytes).isEqualTo(home.file.bytes.length);
    assertThat(home.entries()).containsExactly(new LedgerEntry(1, intent("r1"), Map.of()));
  }

  @Test
  void aLifeIsWrittenDownAndNothingOfItIsLeftAtTheEnd() throws IOException {
    Ledger ledger = ledger();
    Ledger.Line first = ledger.intend(intent("r1"));
    first.became(Map.of("pid", "4711"));
    assertThat(home.entries().get(0).identity()).containsEntry("pid", "4711");
    Ledger.Line second = ledger.intend(intent("r2"));
    first.gone();
    first.gone();
    first.became(Map.of("pid", "4712")); // too late
    assertThat(ledger.entries()).extracting(entry -> entry.intent().run()).containsExactly("r2");
    second.became(Map.of("pid", "9"));
    assertThat(home.entries()).extracting(entry -> entry.intent().run()).containsExactly("r2");
    ledger.close();
    assertThat(home.left).isTrue();
    assertThat(home.retired).isFalse();
  }

  @Test
  void aLedgerInWhichAllIsGoneIsRetired() throws IOException {
    Ledger ledger = ledger();
    ledger.intend(intent("r1")).gone();
    ledger.close();
    ledger.close();
    assertThat(home.retired).isTrue();
    assertThatThrownBy(() -> ledger.intend(intent("r2")))
        .isInstanceOf(LedgerException.class)
        .hasMessageContaining("it is closed");
  }

  @Test
  void anIntentInAFileThatWasRemovedIsRefused() throws IOException {
    Ledger ledger = ledger();
    home.isThere = false;
    assertThatThrownBy(() -> ledger.intend(intent("r1")))
        .isInstanceOf(LedgerException.class)
        .hasMessageContaining("its file was removed");
    assertThat(ledger.entries()).isEmpty();
  }

  @Test
  void noIntentLeavesNoTrace() throws IOException {
    Ledger ledger = ledger();
    assertThatThrownBy(() -> ledger.intend(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("intent");
    assertThat(ledger.entries()).isEmpty();
  }

  @Test
  void whatIsGoneWhenItIsLeftIsWrittenFirst() throws IOException {
    Ledger ledger = ledger();
    Ledger.Line gone = ledger.intend(intent("r1"));
    ledger.intend(intent("r2"));
    gone.gone();
    ledger.close();
    assertThat(home.entries()).extracting(entry -> entry.intent().run()).containsExactly("r2");
  }

  @Test
  void aFullDiskRefusesTheIntentAndLeavesNoPartOfIt() throws IOException {
    Ledger ledger = ledger();
    ledger.intend(intent("r1"));
    byte[] before = home.file.bytes.clone();
    for (int room = 0; room < 40; room += 7) {
      home.room = room;
      assertThatThrownBy(() -> ledger.intend(intent("r2")))
          .isInstanceOf(LedgerException.class)
          .hasMessageContaining(INCARNATION)
          .hasMessageContaining("No space left on device");
      assertThat(home.file.bytes).isEqualTo(before);
    }
    home.room = 100_000;
    ledger.intend(intent("r3"));
    assertThat(home.entries())
        .extracting(entry -> entry.intent().run())
        .containsExactly("r1", "r3");
    assertThat(ledger.entries()).hasSize(2);
  }

  @Test
  void aPartOfALineThatCannotBeTakenBackIsTakenBackBeforeTheNextOne() throws IOException {
    Ledger ledger = ledger();
    ledger.intend(intent("r1"));
    home.room = 5;
    home.mayTruncate = false;
    assertThatThrownBy(() -> ledger.intend(intent("r2"))).isInstanceOf(LedgerException.class);
    home.room = 100_000;
    assertThatThrownBy(() -> ledger.intend(intent("r2")))
        .hasMessageContaining("Operation not permitted");
    home.mayTruncate = true;
    ledger.intend(intent("r3"));
    assertThat(home.entries())
        .extracting(entry -> entry.intent().run())
        .containsExactly("r1", "r3");
  }

  @Test
  void aDiskThatDoesNotForceRefusesTheIntentToo() throws IOException {
    Ledger ledger = ledger();
    home.mayForce = false;
    assertThatThrownBy(() -> ledger.intend(intent("r1")))
        .hasMessageContaining("Input/output error");
    assertThat(ledger.entries()).isEmpty();
    home.mayForce = true;
    ledger.intend(intent("r2"));
    assertThat(home.entries()).extracting(entry -> entry.intent().run()).containsExactly("r2");
  }

  @Test
  void whoItBecameMayFailToBeWrittenWithoutHarm() throws IOException {
    Ledger ledger = ledger();
    Ledger.Line line = ledger.intend(intent("r1"));
    home.room = 0;
    line.became(Map.of("pid", "4711"));
    line.gone();
    home.room = 100_000;
    ledger.intend(intent("r2"));
    assertThat(home.entries()).extracting(entry -> entry.intent().run()).containsExactly("r2");
  }

  @Test
  void aLongFileIsMadeAnewWithWhatIsOpen() throws IOException {
    Ledger ledger = ledger(2_000);
    Ledger.Line stays = ledger.intend(intent("stays"));
    stays.became(Map.of("pid", "1"));
    for (int i = 0; i < 200; i++) {
      ledger.intend(intent("r" + i)).gone();
      assertThat(home.file.bytes.length).isLessThan(2_500);
    }
    assertThat(home.rewrites).isGreaterThan(3);
    assertThat(home.entries().get(0).identity()).containsEntry("pid", "1");
    stays.gone();
    ledger.close();
    assertThat(home.retired).isTrue();
  }

  @Test
  void manyAtOnceAllAreOnTheDiskAndSeveralShareAWrite() throws IOException {
    Ledger ledger = ledger(4_000);
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int thread = i;
      all.add(
          CompletableFuture.runAsync(
              () -> {
                for (int n = 0; n < 50; n++) {
                  Ledger.Line line = ledger.intend(intent("r" + thread + "-" + n));
                  line.became(Map.of("pid", thread + "" + n));
                  if (n % 5 != 0) {
                    line.gone();
                  }
                }
              }));
    }
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).join();
    ledger.intend(intent("last"));
    assertThat(home.entries()).hasSize(8 * 10 + 1).doesNotHaveDuplicates();
    assertThat(home.entries()).containsExactlyInAnyOrderElementsOf(ledger.entries());
  }
}
