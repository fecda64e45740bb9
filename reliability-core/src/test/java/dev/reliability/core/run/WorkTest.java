package dev.reliability.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkTest {

  @Test
  void workCarriesTheRangeOfInputAndTheHostsOwnWordsInTheirOrder() {
    Work work =
        Work.of("andy-developer", "issue-42")
            .with("group_folder", "main")
            .withInput("m17", "m19")
            .with("chat_jid", "123@g.us");
    assertThat(work)
        .isEqualTo(
            new Work(
                "andy-developer",
                "issue-42",
                "m17",
                "m19",
                Map.of("group_folder", "main", "chat_jid", "123@g.us")));
    assertThat(work.context().keySet()).containsExactly("group_folder", "chat_jid");
  }

  @Test
  void aChangedCopyLeavesItsOriginalAlone() {
    Work work = Work.of("lane", "item").with("a", "1");
    work.with("a", "2").with("b", "3").withInput("x", "y");
    assertThat(work).isEqualTo(new Work("lane", "item", null, null, Map.of("a", "1")));
    assertThat(work.with("a", "2").context()).containsExactly(Map.entry("a", "2"));
  }

  @Test
  void theContextIsCopied() {
    Map<String, String> context = new LinkedHashMap<>(Map.of("a", "1"));
    Work work = new Work("lane", "item", null, null, context);
    context.put("a", "2");
    assertThat(work.context()).containsExactly(Map.entry("a", "1"));
    assertThatThrownBy(() -> work.context().put("x", "y"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t"})
  void aLaneOrAnItemWithoutANameIsRefused(String blank) {
    assertThatThrownBy(() -> Work.of(blank, "item"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("lane: expected a name")
        .hasMessageEndingWith("it is blank");
    assertThatThrownBy(() -> Work.of("lane", blank))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("item: expected a name")
        .hasMessageEndingWith("it is blank");
  }
}
