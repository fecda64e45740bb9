package dev.reliability.core.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** However much is put out, and wherever it is cut: bounded, the end of it, and no secret. */
class CheckOutputProperties {
  private static final int MOST = 2048;
  private static final String NAMED = "correct horse battery staple";
  private static final String TOKEN = "q7Zt9KpW3xVb5Nn8LmR2";

  @Provide
  Arbitrary<String> fillers() {
    return Arbitraries.of("x", "some words ", "a line\n", "ümläut ", "\ud83d\ude00 ", "a=b;c ");
  }

  @Provide
  Arbitrary<String> secrets() {
    return Arbitraries.of(
        NAMED,
        "token=" + TOKEN,
        "\"password\": \"" + TOKEN + " and " + TOKEN + "\"",
        "Authorization: Bearer " + TOKEN,
        "https://jim:" + TOKEN + "@host/");
  }

  @Property(tries = 1500)
  void noPartOfASecretIsSeen(
      @ForAll("fillers") String filler,
      @ForAll("secrets") String secret,
      @ForAll @IntRange(min = 0, max = 20_000) int before,
      @ForAll @IntRange(min = 0, max = 20_000) int after,
      @ForAll @IntRange(min = 0, max = 60) int missing,
      @ForAll @IntRange(min = 1, max = 9_000) int piece) {
    String whole =
        filler.repeat(before / filler.length())
            + " "
            + secret.substring(0, Math.max(0, secret.length() - (after == 0 ? missing : 0)))
            + (after == 0 ? "" : " " + filler.repeat(after / filler.length()));
    byte[] bytes = whole.getBytes(StandardCharsets.UTF_8);
    CheckOutput output = new CheckOutput();
    for (int at = 0; at < bytes.length; at += piece) {
      output.append(bytes, at, Math.min(piece, bytes.length - at), true);
    }
    String seen = output.snippet(Masker.hiding(NAMED), MOST);
    assertThat(seen.length()).isLessThanOrEqualTo(MOST);
    for (String hidden : new String[] {NAMED, TOKEN}) {
      for (int i = 0; i + 8 <= hidden.length(); i++) {
        assertThat(seen).doesNotContain(hidden.substring(i, i + 8));
      }
    }
  }

  @Property(tries = 300)
  void itIsTheEndOfWhatWasPutOut(
      @ForAll @IntRange(min = 0, max = 4_000) int lines,
      @ForAll @IntRange(min = 1, max = 40_000) int piece) {
    StringBuilder whole = new StringBuilder();
    for (int i = 0; i < lines; i++) {
      whole.append("line ").append(i).append('\n');
    }
    byte[] bytes = whole.toString().getBytes(StandardCharsets.UTF_8);
    CheckOutput output = new CheckOutput();
    for (int at = 0; at < bytes.length; at += piece) {
      output.append(bytes, at, Math.min(piece, bytes.length - at), false);
    }
    String seen = output.snippet(Masker.ofDefaults(), MOST);
    String all = whole.toString().strip();
    if (all.length() <= MOST) {
      assertThat(seen).isEqualTo(all);
    } else {
      assertThat(seen).hasSize(MOST).startsWith("...");
      assertThat(all).endsWith(seen.substring(3));
    }
  }

  @Property(tries = 20)
  void standardErrorComesFirst(@ForAll boolean errors) {
    CheckOutput output = new CheckOutput();
    output.append("out\n", false);
    output.append(errors ? "err\n" : " \n", true);
    assertThat(output.snippet(Masker.ofDefaults(), MOST)).isEqualTo(errors ? "err" : "out");
  }
}
