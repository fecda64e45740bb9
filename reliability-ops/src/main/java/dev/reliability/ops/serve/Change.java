package dev.reliability.ops.serve;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Iterator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants to be changed, as it comes in: {@code {"action": "resume_lane", "assignee":
 * LANE, "episode": N, "actor": WHO, "reason": WHY}} (requirement R2). Immutable.
 *
 * @param episode which pause of the lane is meant; null for the one that there is
 */
record Change(String lane, @Nullable Long episode, String actor, String reason) {
  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

  private static final Set<String> FIELDS =
      Set.of("action", "assignee", "episode", "actor", "reason");
  private static final int MOST_CHARACTERS = 500;

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException saying what was expected
   */
  static Change read(byte[] json) {
    JsonNode body;
    try {
      body = MAPPER.readTree(json);
    } catch (IOException e) {
      throw new IllegalArgumentException("expected one object of JSON, no field of it twice", e);
    }
    if (body == null || !body.isObject()) {
      throw new IllegalArgumentException("expected an object");
    }
    for (Iterator<String> names = body.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!FIELDS.contains(name)) {
        throw new IllegalArgumentException("expected " + FIELDS + ", got \"" + name + "\"");
      }
    }
    String action = text(body, "action");
    if (!action.equals("resume_lane")) {
      throw new IllegalArgumentException("action: expected resume_lane, got \"" + action + "\"");
    }
    JsonNode episode = body.get("episode");
    if (episode != null && (!episode.canConvertToLong() || !episode.isIntegralNumber())) {
      throw new IllegalArgumentException(
          "episode: expected the number that the lane is shown with, got " + episode);
    }
    return new Change(
        text(body, "assignee"),
        episode == null ? null : (Long) episode.asLong(),
        text(body, "actor"),
        text(body, "reason"));
  }

  private static String text(JsonNode body, String name) {
    JsonNode value = body.get(name);
    String text = value == null || !value.isTextual() ? "" : value.asText();
    if (text.isBlank()
        || text.length() > MOST_CHARACTERS
        || text.chars().anyMatch(one -> one != '\n' && Character.isISOControl(one))) {
      throw new IllegalArgumentException(
          name
              + ": expected 1 to "
              + MOST_CHARACTERS
              + " characters, none of them for control, got "
              + value);
    }
    return text;
  }
}
