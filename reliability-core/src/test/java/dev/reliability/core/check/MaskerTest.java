package dev.reliability.core.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is taken for a secret, and what is not. */
class MaskerTest {
  private static final Masker MASKER = Masker.ofDefaults();

  @ParameterizedTest
  @CsvSource(
      delimiterString = " -> ",
      quoteCharacter = '`',
      value = {
        "token=abc123 -> token=[masked]",
        "GET /x?access_token=abc123&page=2 -> GET /x?access_token=[masked]",
        "password=hunter2, user=jim -> password=[masked] user=jim",
        "DB_PASSWORD = hunter2 -> DB_PASSWORD = [masked]",
        "{\"password\": \"two words\", \"user\": \"jim\"} -> {\"password\": [masked] \"user\":"
            + " \"jim\"}",
        "{\"api_key\":\"abc\\\"def\"} -> {\"api_key\":[masked]",
        "password: hunter2 -> password: [masked]",
        "secret='two words' -> secret=[masked]",
        "Authorization: Basic amltOmh1bnRlcjI= -> Authorization: [masked]",
        "curl -H bearer abcdefghijkl -> curl -H bearer [masked]",
        "the api key: 0123456789abcdef -> the api key: [masked]",
        "the key is 0123456789abcdef0123456789abcdef -> the key is [masked]",
        "x-auth-token: a1b2c3d4e5 -> x-auth-token: [masked]",
        "postgres://jim:hunter2@db/x -> postgres://jim:[masked]@db/x",
        "postgres://bob:p@ss@host/db -> postgres://bob:[masked]@host/db",
        "DB_PASS=qwe123rty456 -> DB_PASS=[masked]",
        "export STRIPE_KEY='rk_live 51' x -> export STRIPE_KEY=[masked] x",
        "GITHUB_PAT=ghx_aaa -> GITHUB_PAT=[masked]",
        "mysql --password hunter2 -h db -> mysql --password [masked] -h db",
        "x --db-password \"two words\" y -> x --db-password [masked] y",
        "https://api.telegram.org/bot123456:AAEhBOweik6ad/getMe ->"
            + " https://api.telegram.org/bot[masked]/getMe",
        "pushed with ghp_0123456789abcdefghij -> pushed with [masked]",
        "sk-proj-0123456789abcdef refused -> [masked] refused",
        "AKIAIOSFODNN7EXAMPLE -> [masked]",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln -> [masked]"
      })
  void whatLooksLikeASecretIsMasked(String text, String masked) {
    assertThat(MASKER.mask(text)).isEqualTo(masked);
    assertThat(MASKER.mask(masked)).as("again").isEqualTo(masked);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no such file: /etc/templates/code.hbs",
        "unexpected token: expected one of { or [",
        "max_tokens=4096 was exceeded",
        "the tokenizer is not there",
        "connection to db:5432 refused",
        "the bearer of bad news",
        "commit 3823bbe0c1a9f6d5e4b3a2918070605040302010",
        "http://127.0.0.1:3000/health@2x",
        "key 17 of 20 was skipped",
        "12 tests pass=no",
        "sort_key == other_key",
        "PATH=/usr/bin and keyboard=us",
        "use --no-token-check -v",
        "see /bot/settings and robots"
      })
  void whatDoesNotIsLeftAlone(String text) {
    assertThat(MASKER.mask(text)).isEqualTo(text);
  }

  @Test
  void aPrivateKeyIsMaskedAlsoIfItsEndIsMissing() {
    String key = "-----BEGIN RSA PRIVATE KEY-----\nDEK-Info: AES\n\nMIIEabc+/=\n";
    assertThat(MASKER.mask("read " + key + "-----END RSA PRIVATE KEY-----\ndone"))
        .isEqualTo("read [masked]\ndone");
    assertThat(MASKER.mask("read " + key)).isEqualTo("read [masked]");
  }

  @Test
  void aPrivateKeyIsMaskedAlsoIfItsBeginningIsCutOff() {
    String line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ\n";
    assertThat(MASKER.tail(line.repeat(3) + "-----END PRIVATE KEY-----\nfailed", true, 2048))
        .isEqualTo("...[masked]\nfailed");
    assertThat(MASKER.tail("Bkqh\n" + line.repeat(3) + "failed", true, 40))
        .isEqualTo("...[masked]\nfailed");
  }

  @Test
  void valuesThatAreNamedAreMaskedWhereverTheyStand() {
    Masker masker = Masker.hiding("swordfish", "swordfish-2", "two words");
    assertThat(masker.mask("xswordfish-2x swordfish, two words"))
        .isEqualTo("x[masked]x [masked], [masked]");
    assertThat(masker.tail("it ends with swordf", false, 100)).isEqualTo("it ends with [masked]");
    assertThat(masker.tail("wo words and more", true, 100)).isEqualTo("...[masked] and more");
    assertThat(masker.tail("all of swordfish", false, 100)).isEqualTo("all of [masked]");
  }

  private static final String ODD = "Xk9/vQ+z3Lr&8=Tm2#pW\"q7 \\ \u00e4";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Xk9/vQ+z3Lr&8=Tm2#pW\"q7 \\ \u00e4",
        "XK9/VQ+Z3LR&8=TM2#PW\"Q7 \\ \u00c4",
        "Xk9/vQ+z3Lr&8=Tm2#pW\\\"q7 \\\\ \\u00e4",
        "Xk9\\/vQ+z3Lr\\u00268=Tm2#pW\\\"q7 \\\\ \u00e4",
        "Xk9%2FvQ%2Bz3Lr%268%3DTm2%23pW%22q7%20%5C%20%C3%A4",
        "Xk9/vQ%2bz3Lr%268%3dTm2%23pW%22q7+%5c+%c3%a4",
        "Xk9/vQ+z\n  3Lr&8=Tm\r\n2#pW\"q7 \\ \u00e4"
      })
  void aValueThatIsNamedIsMaskedHoweverItIsSpelled(String spelled) {
    assertThat(Masker.hiding(ODD).mask("<" + spelled + ">")).isEqualTo("<[masked]>");
    for (int length = spelled.length() - 1; length > 14; length--) {
      assertThat(Masker.hiding(ODD).tail("<" + spelled.substring(0, length), false, 100))
          .as("cut after %d", length)
          .isEqualTo("<[masked]");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "u", "us", "user:"})
  void aValueInBase64IsMaskedAlsoAsAPartOfSomethingLonger(String before) {
    for (String after : new String[] {"", "\n", "ab", " and more"}) {
      byte[] bytes = (before + ODD + after).getBytes(StandardCharsets.UTF_8);
      for (Base64.Encoder encoder :
          new Base64.Encoder[] {
            Base64.getEncoder(),
            Base64.getEncoder().withoutPadding(),
            Base64.getUrlEncoder(),
            Base64.getUrlEncoder().withoutPadding(),
            Base64.getMimeEncoder(16, new byte[] {'\n'})
          }) {
        String masked = Masker.hiding(ODD).mask("k: " + encoder.encodeToString(bytes) + " end");
        assertThat(masked).startsWith("k: ").contains("[masked]").endsWith(" end");
        assertThat(masked.length()).as(masked).isLessThan(40);
      }
      assertThat(Masker.hiding(ODD).mask("<" + Base64.getUrlEncoder().encodeToString(bytes) + ">"))
          .isEqualTo("<[masked]>");
    }
  }

  @Test
  void theLineEndsOfAValueDoNotMatter() {
    Masker masker = Masker.hiding("line1-of-it\r\nline2-of-it", "trailing-secret\r\n");
    for (String end : new String[] {"\n", "\r\n", "\\n", "\\r\\n", "%0A", "%0d%0a"}) {
      String text = "x line1-of-it" + end + "line2-of-it y";
      assertThat(masker.mask(text)).isEqualTo("x [masked] y");
      assertThat(masker.tail(text, false, 100)).isEqualTo("x [masked] y");
    }
    assertThat(masker.mask("auth with trailing-secret failed"))
        .isEqualTo("auth with [masked] failed");
    assertThatThrownBy(() -> Masker.hiding("abc\n")).hasMessageContaining("got one of 3");
  }

  @Test
  void valuesThatOverlapLeaveNothingOfEither() {
    assertThat(Masker.hiding("abcdef", "defghi").mask("-abcdefghi-")).isEqualTo("-[masked]-");
    assertThat(Masker.hiding("abcdef").mask("abcdefabcdef")).isEqualTo("[masked][masked]");
  }

  @Test
  void aValueThatIsTooShortIsRefusedAndNotShown() {
    assertThatThrownBy(() -> Masker.hiding(List.of("long enough", "xyz")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("values: expected secrets of at least 4 characters, got one of 3");
  }

  @Test
  void whatSteersATerminalIsTakenOut() {
    assertThat(MASKER.tail("\u001b[31mred\u001b[0m\r\nbell\u0007\tend", false, 100))
        .isEqualTo("red\nbell\ufffd\tend");
    assertThat(MASKER.tail("\u001b[31mtoken\u001b[0m=abc", false, 100)).isEqualTo("token=[masked]");
  }

  @Test
  void theBoundSplitsNoCharacter() {
    String faces = "\ud83d\ude00".repeat(100);
    for (int most = 10; most < 20; most++) {
      String tail = MASKER.tail(faces, false, most);
      assertThat(tail.length()).isLessThanOrEqualTo(most);
      assertThat(tail.replace("\ud83d\ude00", "")).isEqualTo("...");
      assertThat(MASKER.head(faces, most).replace("\ud83d\ude00", "")).isEqualTo("...");
    }
  }

  /** Patterns that backtrack, or recurse for each character, would take minutes or the stack. */
  @Timeout(20)
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "token",
        "password=\"",
        "\\\"",
        "key ",
        "-----BEGIN PRIVATE KEY-----",
        "://a:",
        "eyJ",
        "= ",
        "Bearer ",
        "A",
        "-",
        "--password ",
        "a-",
        "a_key=",
        "/bot123:",
        "://a:@",
        "@",
        "aaaaaaa\n",
        "YWFh",
        "%61",
        " \t"
      })
  void sixteenKibibytesOfAnythingAreMaskedInNoTime(String piece) {
    String text = piece.repeat(16 * 1024 / piece.length());
    assertThat(MASKER.tail(text, true, 2048)).hasSizeLessThanOrEqualTo(2048);
    assertThat(MASKER.tail("password=\"" + text, false, 2048)).hasSizeLessThanOrEqualTo(2048);
    Masker masker = Masker.hiding("a".repeat(500) + "b", "\n\n\n\nb", "a\na\na\nb");
    assertThat(masker.tail(text, true, 2048)).hasSizeLessThanOrEqualTo(2048);
  }
}
