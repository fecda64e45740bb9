package dev.reliability.examples.bot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BotOptionsTest {
  @Test
  void theDefaults() {
    assertThat(BotOptions.parse(List.of("--", "rev", "-x")))
        .isEqualTo(
            new BotOptions(
                false,
                Path.of("reliability-data"),
                Path.of("node_modules/baileys"),
                "node",
                null,
                null,
                List.of("rev", "-x")));
  }

  @Test
  void everythingCanBeSaid() {
    BotOptions options =
        BotOptions.parse(
            List.of(
                "--dir",
                "d",
                "--baileys",
                "b",
                "--node",
                "n",
                "--chat",
                "c@s",
                "--url",
                "ws://127.0.0.1:1/ws",
                "--",
                "--dir"));
    assertThat(options)
        .isEqualTo(
            new BotOptions(
                false,
                Path.of("d"),
                Path.of("b"),
                "n",
                URI.create("ws://127.0.0.1:1/ws"),
                "c@s",
                List.of("--dir")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | expected -- and a command that answers; see --help",
        "-- | command: expected a program after --, got nothing",
        "--dir | --dir: expected a value after it, got nothing",
        "--speed | unknown argument \"--speed\": expected an option or --; see --help",
        "--chat,me,--,rev | --chat: expected a jid such as 4915112345678@s.whatsapp.net, got \"me\"",
        "--url,http://x,--,rev | --url: expected ws://... or wss://..., got \"http://x\""
      })
  void whatCannotBeUsedIsNamed(String line, String message) {
    List<String> arguments = line.isEmpty() ? List.of() : Arrays.asList(line.split(","));
    assertThatThrownBy(() -> BotOptions.parse(arguments)).hasMessage(message);
  }

  @Test
  void aCodeIsAPicture() {
    String code = TerminalCode.of("2@abc,def");
    assertThat(code.lines()).hasSizeGreaterThan(10).allMatch(line -> line.matches("[ ▄▀█]+"));
  }
}
