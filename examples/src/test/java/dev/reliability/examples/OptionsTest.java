package dev.reliability.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What no command line of a test machine can say in every locale. */
class OptionsTest {

  @Test
  void aNameThatIsTooLongForTheStoresIsRefusedBeforeTheyAreAsked() {
    String fits = "\u540d".repeat(170);
    assertThat(Options.parse(List.of("--item", fits, "--", "true")).item()).isEqualTo(fits);
    assertThatThrownBy(() -> Options.parse(List.of("--item", fits + "\u540d", "--", "true")))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("512 bytes");
  }

  @Test
  void noPasswordStandsInAMessage() {
    assertThat(
            Stores.withoutSecrets(
                "jdbc:postgresql://u:hunter2@db:5432/x?user=a&password=hunter3&ssl=true refused"))
        .isEqualTo("jdbc:postgresql://u:***@db:5432/x?user=a&password=***&ssl=true refused");
    assertThat(Stores.withoutSecrets("jdbc:sqlite:/data/a:b@c.db"))
        .isEqualTo("jdbc:sqlite:/data/a:b@c.db");
  }
}
