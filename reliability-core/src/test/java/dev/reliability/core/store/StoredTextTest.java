package dev.reliability.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which names and texts are taken, and what is said of those that are not. */
class StoredTextTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "a b", " a ", "a/b", "%", "\u00e4\u7de8\ud83d\ude80", "\u00a0", "\ufffd"})
  void whatIsAName(String name) {
    assertThat(StoredText.checkedName("lane", name)).isSameAs(name);
  }

  @Test
  void aNameEndsWithByte512WhateverItsCharactersTake() {
    for (String character : new String[] {"x", "\u00e4", "\u7de8", "\ud83d\ude80"}) {
      int bytes = character.getBytes(StandardCharsets.UTF_8).length;
      String longest = character.repeat(512 / bytes) + "x".repeat(512 % bytes);
      assertThatCode(() -> StoredText.checkedName("lane", longest)).doesNotThrowAnyException();
      assertThatThrownBy(() -> StoredText.checkedName("lane", longest + "x"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("lane: expected a name of at most 512 bytes in UTF-8")
          .hasMessageContaining("...\"")
          .hasMessageEndingWith(": 513 bytes");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "a\\u0000b, a control character at 1",
    "a\\u000a, a control character at 1",
    "\\u0085x, a control character at 0",
    "ab\\ud83d, half of a surrogate pair at 2",
    "\\ude80\\ud83d, half of a surrogate pair at 0",
    "\\ud83d\\ud83d\\ude80, half of a surrogate pair at 0"
  })
  void anErrorNamesTheValueAndWhatIsWrongWithIt(String spelled, String why) {
    String name = unescaped(spelled);
    assertThatThrownBy(() -> new ItemKey(name, "item"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("lane: expected a name")
        .hasMessageEndingWith(": " + why);
    assertThatThrownBy(() -> new ItemKey("lane", name))
        .hasMessageStartingWith("item: expected a name")
        .hasMessageEndingWith(": " + why);
  }

  private static String unescaped(String spelled) {
    return Pattern.compile("\\\\u(....)")
        .matcher(spelled)
        .replaceAll(
            code ->
                Matcher.quoteReplacement(
                    String.valueOf((char) Integer.parseInt(code.group(1), 16))));
  }

  @Test
  void theHolderAndTheNamesOfARunAreNamesToo() {
    assertThatThrownBy(
            () -> new ClaimRequest("a\nb", Duration.ofMinutes(1), 1, Duration.ofMinutes(1)))
        .hasMessageStartingWith("holder: expected a name")
        .hasMessageContaining("got \"a\\u000ab\"");
    assertThatThrownBy(() -> RunRecord.queued("\0", "lane", "item", "owner", Instant.EPOCH))
        .hasMessageStartingWith("run: expected a name");
    assertThatThrownBy(() -> RunRecord.queued("id", "", "item", "owner", Instant.EPOCH))
        .hasMessageStartingWith("lane: expected a name");
    assertThatThrownBy(() -> RunRecord.queued("id", "lane", "\ud83d", "owner", Instant.EPOCH))
        .hasMessageStartingWith("item: expected a name");
    assertThatThrownBy(() -> RunRecord.queued("id", "lane", "item", " ", Instant.EPOCH))
        .hasMessageStartingWith("owner: expected a name");
  }

  @Test
  void whatOthersWroteOfARunIsKeptAsFarAsItCanBe() {
    RunRecord run =
        RunRecord.queued("id", "lane", "item", "owner", Instant.EPOCH)
            .running("pid\0 1", Instant.EPOCH)
            .ended(RunState.FAILED, EndReason.EXIT_NONZERO, "a\ud83d\nb", Instant.EPOCH);
    assertThat(run.worker()).isEqualTo("pid\ufffd 1");
    assertThat(run.detail()).isEqualTo("a\ufffd\nb");
    EndReason odd = EndReason.other("\0");
    assertThatThrownBy(() -> run.ended(RunState.FAILED, odd, null, Instant.EPOCH))
        .hasMessageStartingWith("reason: expected text without NUL");
  }

  @Test
  void aTextThatIsNoneIsShownWhereItIsWrong() {
    StoredText.checkText("payload", null);
    StoredText.checkText("payload", "\t\n\u0001\ud83d\ude80");
    assertThatThrownBy(() -> StoredText.checkText("payload", "x".repeat(1000) + "\0tail"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "payload: expected text without NUL and halves of surrogate pairs, got \"..."
                + "x".repeat(30)
                + "\\u0000tail\": NUL at 1000");
  }

  @Test
  void cleaningReplacesWhatNoStoreTakesAndNothingElse() {
    String fine = "a\n\ud83d\ude80";
    assertThat(StoredText.cleaned(fine)).isSameAs(fine);
    assertThat(StoredText.cleaned("\0\ud83d\ud83d\ude80\ude80"))
        .isEqualTo("\ufffd\ufffd\ud83d\ude80\ufffd");
  }
}
