package dev.reliability.ops.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class BoardTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Whoever has the whole and gets every change has the whole again, whatever the names are. */
  @Property(tries = 100)
  void changesMakeTheNextWhole(
      @ForAll Map<String, Map<String, Integer>> first,
      @ForAll Map<String, Map<String, Integer>> second)
      throws IOException {
    Board before = Board.EMPTY.next(json(first));
    Board after = before.next(json(second));
    ObjectNode shown = (ObjectNode) MAPPER.readTree(before.whole()).get("sections");
    JsonNode changes = MAPPER.readTree(before.changesTo(after));
    assertThat(changes.get("version").asLong()).isEqualTo(after.version());
    changes
        .get("sections")
        .properties()
        .forEach(
            section -> {
              ObjectNode into = shown.withObjectProperty(section.getKey());
              section
                  .getValue()
                  .properties()
                  .forEach(
                      entry -> {
                        if (entry.getValue().isNull()) {
                          into.remove(entry.getKey());
                        } else {
                          into.set(entry.getKey(), entry.getValue());
                        }
                      });
            });
    ObjectNode wanted = (ObjectNode) MAPPER.readTree(after.whole()).get("sections");
    assertThat(withoutEmpty(shown)).isEqualTo(withoutEmpty(wanted));
  }

  private static ObjectNode withoutEmpty(ObjectNode sections) {
    ObjectNode without = MAPPER.createObjectNode();
    sections
        .properties()
        .forEach(
            section -> {
              if (!section.getValue().isEmpty()) {
                without.set(section.getKey(), section.getValue());
              }
            });
    return without;
  }

  private static Map<String, Map<String, String>> json(Map<String, Map<String, Integer>> from) {
    Map<String, Map<String, String>> to = new TreeMap<>();
    from.forEach(
        (section, entries) -> {
          Map<String, String> texts = new TreeMap<>();
          entries.forEach((key, value) -> texts.put(key, "{\"n\":" + value + "}"));
          to.put(section, texts);
        });
    return to;
  }

  @Test
  void whatIsTheSameIsNoNextOne() {
    Board board = Board.EMPTY.next(Map.of("a", Map.of("b", "1")));
    assertThat(board.version()).isEqualTo(1);
    assertThat(board.next(Map.of("a", Map.of("b", "1")))).isSameAs(board);
    assertThat(board.changesTo(board.next(Map.of("a", Map.of("c", "2")))))
        .isEqualTo("{\"version\":2,\"whole\":false,\"sections\":{\"a\":{\"c\":2,\"b\":null}}}");
  }
}
