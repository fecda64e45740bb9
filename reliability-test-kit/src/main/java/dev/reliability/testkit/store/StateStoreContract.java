package dev.reliability.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StateStore.Doc;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link StateStore} must keep, whatever it keeps its documents in: extend it, and hand
 * over an empty store for each test.
 */
public abstract class StateStoreContract {
  private static final String NAME = "streaks/cron";
  private static final List<String> GOOD_NAMES =
      List.of(
          "a",
          "A",
          "0",
          ".",
          "..",
          ".hidden",
          "../escape",
          "/absolute",
          "a/b/c",
          "a//b",
          "a.state",
          "a.state.tmp",
          ".lock",
          "lane:andy-developer@node-1",
          "x".repeat(200),
          "/".repeat(200),
          "@:".repeat(100));
  private static final List<String> BAD_NAMES =
      List.of("", " ", "a b", "a\n", "\u00e4", "a%2F", "a\\b", "a*", "a'b", "a\0", "x".repeat(201));

  /** For subclasses. */
  protected StateStoreContract() {}

  /** The store: the same one for the whole of a test, empty when the test begins. */
  protected abstract StateStore store();

  /**
   * Another store on the same documents, as another process would open it; the same one if there
   * cannot be another, as by default.
   */
  protected StateStore another() {
    return store();
  }

  private void written(String name, long expected, Map<String, String> values) {
    assertTrue(store().write(name, expected, values), () -> "write " + name + " " + expected);
  }

  private void assertHolds(long version, Map<String, String> values) {
    Doc doc = new Doc(NAME, version, values);
    assertEquals(Optional.of(doc), store().read(NAME));
    assertEquals(Optional.of(doc), another().read(NAME));
  }

  /** What was never written is not there; a new one is written as new, with version 1. */
  @Test
  public void aNewDocumentHasVersion1() {
    assertEquals(Optional.empty(), store().read(NAME));
    written(NAME, StateStore.NEW, Map.of("fails", "1"));
    assertHolds(1, Map.of("fails", "1"));
  }

  /** Each write replaces the whole document and counts. */
  @Test
  public void aWriteReplacesTheWholeDocument() {
    written(NAME, StateStore.NEW, Map.of("fails", "1", "since", "monday"));
    written(NAME, 1, Map.of("fails", "2"));
    assertHolds(2, Map.of("fails", "2"));
    written(NAME, 2, Map.of());
    assertHolds(3, Map.of());
  }

  /** With another version than the document's nothing is written. */
  @Test
  public void aWriteOfAnotherVersionIsRefused() {
    assertFalse(store().write(NAME, 1, Map.of("fails", "9")), "there is none yet");
    assertFalse(store().write(NAME, -1, Map.of("fails", "9")), "there is none yet");
    assertEquals(Optional.empty(), store().read(NAME));
    written(NAME, StateStore.NEW, Map.of("fails", "1"));
    written(NAME, 1, Map.of("fails", "2"));
    for (long version : new long[] {StateStore.NEW, 1, 3, -1}) {
      assertFalse(another().write(NAME, version, Map.of("fails", "9")), "version " + version);
    }
    assertHolds(2, Map.of("fails", "2"));
  }

  /** A document is removed with its own version only. */
  @Test
  public void aDocumentIsRemovedWithItsOwnVersionOnly() {
    assertFalse(store().remove(NAME, StateStore.NEW));
    assertFalse(store().remove(NAME, 1));
    written(NAME, StateStore.NEW, Map.of("fails", "1"));
    written(NAME, 1, Map.of("fails", "2"));
    for (long version : new long[] {StateStore.NEW, 1, 3}) {
      assertFalse(store().remove(NAME, version), "version " + version);
    }
    assertHolds(2, Map.of("fails", "2"));
    assertTrue(another().remove(NAME, 2));
    assertEquals(Optional.empty(), store().read(NAME));
    assertEquals(List.of(), store().names(""));
    assertFalse(store().remove(NAME, 2));
    written(NAME, StateStore.NEW, Map.of("fails", "3"));
    assertEquals(Map.of("fails", "3"), store().read(NAME).orElseThrow().values());
  }

  /** A version that a document had before it was removed is never that of one written since. */
  @Test
  public void noVersionComesTwice() {
    written(NAME, StateStore.NEW, Map.of("fails", "1"));
    written(NAME, 1, Map.of("fails", "2"));
    assertTrue(store().remove(NAME, 2));
    written("another", StateStore.NEW, Map.of());
    written(NAME, StateStore.NEW, Map.of("fails", "3"));
    long version = another().read(NAME).orElseThrow().version();
    assertTrue(version > 2, () -> "version " + version);
    for (long old = 1; old <= 2; old++) {
      assertFalse(store().write(NAME, old, Map.of("fails", "9")), "version " + old);
      assertFalse(another().remove(NAME, old), "version " + old);
    }
    written(NAME, version, Map.of("fails", "4"));
    assertHolds(version + 1, Map.of("fails", "4"));
    assertTrue(another().remove(NAME, version + 1));
    assertTrue(another().write(NAME, StateStore.NEW, Map.of("fails", "5")));
    long last = store().read(NAME).orElseThrow().version();
    assertTrue(last > version + 1, () -> "version " + last);
  }

  /** The names that begin so, in order, and no others. */
  @Test
  public void namesAreListedInOrder() {
    for (String name : List.of("b/2", "a", "b/10", "b", "B/1", "ba", "b_1")) {
      written(name, StateStore.NEW, Map.of());
    }
    assertEquals(List.of("b/10", "b/2"), store().names("b/"));
    assertEquals(List.of("B/1", "a", "b", "b/10", "b/2", "b_1", "ba"), another().names(""));
    assertEquals(List.of("b_1"), store().names("b_"), "a sign of no special meaning");
    assertEquals(List.of(), store().names("c"));
    assertTrue(store().remove("b/2", 1));
    assertEquals(List.of("b/10"), store().names("b/"));
  }

  /** Every name that may be can be used, and is told from all others. */
  @Test
  public void everyGoodNameIsOneOfItsOwn() {
    for (String name : GOOD_NAMES) {
      written(name, StateStore.NEW, Map.of("name", name));
    }
    for (String name : GOOD_NAMES) {
      assertEquals(Optional.of(new Doc(name, 1, Map.of("name", name))), another().read(name));
    }
    assertEquals(GOOD_NAMES.stream().sorted().toList(), store().names(""));
  }

  /** What cannot be a name is refused by all that take one. */
  @Test
  public void badNamesAreRefused() {
    for (String name : BAD_NAMES) {
      assertThrows(IllegalArgumentException.class, () -> store().read(name), name);
      assertThrows(IllegalArgumentException.class, () -> store().write(name, 0, Map.of()), name);
      assertThrows(IllegalArgumentException.class, () -> store().remove(name, 1), name);
    }
    assertEquals(List.of(), store().names(""));
  }

  /** Whatever text goes in comes out, as key and as value. */
  @Test
  public void textsComeBackAsTheyWere() {
    Map<String, String> values = new HashMap<>();
    for (String text :
        List.of(
            "",
            " ",
            "=",
            "a=b=c",
            "\\",
            "\\n",
            "\\e",
            "\n",
            "\r\n",
            "line one\nline two\r",
            "end 00000000\n",
            "= a=b",
            "\u00e4\u00f6\u00fc \u7de8\u96c6 \ud83d\ude80 \u2028\u0085",
            "\t\u0001\u001f",
            "\0",
            "a\0b",
            "\ud83d",
            "a\ude80b",
            "\ude80\ud83d",
            "\\ud83d",
            "\\u",
            "?",
            "\ufffd",
            "'quoted' \"twice\" -- ? %s",
            "null")) {
      values.put(text, text);
    }
    written(NAME, StateStore.NEW, values);
    assertHolds(1, values);
  }

  /** Long values, and many of them, are kept to the letter. */
  @Test
  public void longDocumentsComeBackAsTheyWere() {
    Map<String, String> values = new HashMap<>();
    values.put("long", "\u7de8\ud83d\ude80=\n".repeat(25_000));
    for (int i = 0; i < 1_000; i++) {
      values.put("key-" + i, "value-" + i);
    }
    written(NAME, StateStore.NEW, values);
    assertTrue(
        values.equals(another().read(NAME).orElseThrow().values()), "a long document changed");
    written(NAME, 1, Map.of("short", "again"));
    assertHolds(2, Map.of("short", "again"));
  }

  /** What was handed in may be changed afterwards; what was handed out stays as it is. */
  @Test
  public void aDocumentIsACopy() {
    Map<String, String> values = new HashMap<>(Map.of("fails", "1"));
    written(NAME, StateStore.NEW, values);
    Doc first = store().read(NAME).orElseThrow();
    values.put("fails", "9");
    assertHolds(1, Map.of("fails", "1"));
    written(NAME, 1, Map.of("fails", "2"));
    assertEquals(new Doc(NAME, 1, Map.of("fails", "1")), first);
  }

  // ---- many at once ----

  /** Who reads, adds one and writes what it read loses no increment of others. */
  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  public void concurrentIncrementsLoseNothing() throws InterruptedException {
    int each = 50;
    Crowd.allDo(
        4,
        member -> {
          StateStore mine = member % 2 == 0 ? store() : another();
          for (int i = 0; i < each; ) {
            if (incremented(mine)) {
              i++;
            }
            Crowd.rest();
          }
        });
    assertHolds(4L * each, Map.of("count", String.valueOf(4 * each)));
  }

  private static boolean incremented(StateStore store) {
    Optional<Doc> before = store.read(NAME);
    long version = before.map(Doc::version).orElse(StateStore.NEW);
    int count = before.map(doc -> Integer.parseInt(doc.values().get("count"))).orElse(0);
    return store.write(NAME, version, Map.of("count", String.valueOf(count + 1)));
  }

  /** Of many that write a new document, one did. */
  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  public void ofManyNewDocumentsOneIsWritten() throws InterruptedException {
    for (int round = 0; round < 20; round++) {
      String name = "round-" + round;
      AtomicInteger winner = new AtomicInteger(-1);
      AtomicInteger winners = new AtomicInteger();
      Crowd.allDo(
          4,
          member -> {
            StateStore mine = member % 2 == 0 ? store() : another();
            if (mine.write(name, StateStore.NEW, Map.of("by", String.valueOf(member)))) {
              winner.set(member);
              winners.incrementAndGet();
            }
          });
      assertEquals(1, winners.get());
      assertEquals(
          Optional.of(new Doc(name, 1, Map.of("by", String.valueOf(winner.get())))),
          store().read(name));
    }
  }
}
