package dev.reliability.container.orphan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What a ledger's file says, wherever a crash cut it and whatever was changed in it. */
class LedgerLinesProperties {
  private static final String WHERE = "some.ledger";
  private static final String INCARNATION = "20260101T000000Z-0a1b2c3d";

  /** Something that happened: 0 an intent, 1 it became somebody, 2 it is gone. */
  record Step(int what, int which, String text) {}

  /** A file and what stands to be read after each of its lines. */
  private static final class Model {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    final List<Integer> ends = new ArrayList<>();
    final List<List<LedgerEntry>> states = new ArrayList<>();
    private final Map<Long, LedgerEntry> open = new LinkedHashMap<>();

    Model(List<Step> steps) {
      add(LedgerLines.header(INCARNATION));
      long ids = 0;
      for (Step step : steps) {
        long id = Math.max(1, step.which());
        if (step.what() == 0) {
          id = ++ids;
          Intent intent = intent(step.text());
          open.put(id, new LedgerEntry(id, intent, Map.of()));
          add(LedgerLines.intent(id, intent));
        } else if (step.what() == 1) {
          Map<String, String> identity = Map.of("pid", "4711", "name", step.text());
          if (open.containsKey(id)) {
            open.put(id, new LedgerEntry(id, open.get(id).intent(), identity));
          }
          add(LedgerLines.became(id, identity));
        } else {
          open.remove(id);
          add(LedgerLines.gone(id));
        }
      }
    }

    private void add(byte[] line) {
      bytes.writeBytes(line);
      ends.add(bytes.size());
      states.add(List.copyOf(open.values()));
    }
  }

  private static Intent intent(String text) {
    return new Intent("process", "run " + text, 1, text, "item", "owner", text);
  }

  @Property(tries = 300)
  void aFileThatIsCutAnywhereSaysWhatItsWholeLinesSay(@ForAll("steps") List<Step> steps) {
    Model model = new Model(steps);
    byte[] all = model.bytes.toByteArray();
    int line = -1;
    for (int length = 0; length <= all.length; length++) {
      while (line + 1 < model.ends.size() && model.ends.get(line + 1) <= length) {
        line++;
      }
      LedgerLines.Content content =
          LedgerLines.parse(WHERE, INCARNATION, Arrays.copyOf(all, length));
      assertThat(content.entries()).isEqualTo(line < 0 ? List.of() : model.states.get(line));
      assertThat(content.wholeBytes()).isEqualTo(line < 0 ? 0 : model.ends.get(line));
    }
  }

  @Property(tries = 500)
  void aByteThatSomebodyChangedIsAnErrorThatNamesFileAndLine(
      @ForAll("steps") List<Step> steps,
      @ForAll @IntRange(max = 100_000) int where,
      @ForAll @IntRange(min = 1, max = 255) int change) {
    Model model = new Model(steps);
    byte[] all = model.bytes.toByteArray();
    int at = where % (all.length - 1); // without the last line end, the last line is torn
    all[at] ^= (byte) change;
    int line = 1;
    while (model.ends.get(line - 1) <= at) {
      line++;
    }
    int expected = line;
    assertThatThrownBy(() -> LedgerLines.parse(WHERE, INCARNATION, all))
        .isInstanceOf(LedgerException.class)
        .hasMessageStartingWith("ledger some.ledger, line " + expected + ": expected ");
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<String> texts =
        Arbitraries.strings()
            .withChars('a', '\t', '\n', '\r', '\\', '=', ' ', 'ü', '\0')
            .ofMaxLength(6);
    return Combinators.combine(
            Arbitraries.integers().between(0, 2), Arbitraries.integers().between(0, 4), texts)
        .as(Step::new)
        .list()
        .ofMaxSize(8);
  }

  @Example
  void aFileMadeAnewSaysTheSame() {
    List<LedgerEntry> entries =
        List.of(
            new LedgerEntry(3, intent("a\tb"), Map.of()),
            new LedgerEntry(7, intent("c\nd"), Map.of("pid", "12", "start", "34")));
    LedgerLines.Content content =
        LedgerLines.parse(WHERE, INCARNATION, LedgerLines.all(INCARNATION, entries));
    assertThat(content.entries()).isEqualTo(entries);
    assertThat(content.last()).isEqualTo(7);
  }

  @Example
  void whatIsNoneOfOursIsAnErrorThatSaysWhatWasExpected() {
    assertThatThrownBy(
            () ->
                LedgerLines.parse(
                    WHERE, INCARNATION, "#!/bin/sh\n".getBytes(StandardCharsets.UTF_8)))
        .hasMessage(
            "ledger some.ledger, line 1: expected a line that ends with its checksum, got"
                + " \"#!/bin/sh\"");
    assertThatThrownBy(() -> LedgerLines.parse(WHERE, INCARNATION, LedgerLines.header("another")))
        .hasMessage(
            "ledger some.ledger, line 1: expected the incarnation "
                + INCARNATION
                + ", got \"another\"");
    assertThatThrownBy(() -> LedgerLines.parse(WHERE, INCARNATION, LedgerLines.gone(1)))
        .hasMessageContaining("line 1: expected \"reliability-ledger 1\", got \"gone 1\"");
  }
}
