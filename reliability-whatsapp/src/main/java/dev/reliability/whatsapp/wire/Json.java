package dev.reliability.whatsapp.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** JSON as it goes over wires. For this module alone. */
public final class Json {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private Json() {}

  /** An empty object. */
  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** The text of an object of one text. */
  public static String object(String name, String value) {
    return object().put(name, Objects.requireNonNull(value, name)).toString();
  }

  /** The object that this is; null if it is none. */
  public static @Nullable ObjectNode read(String text) {
    try {
      return MAPPER.readTree(text) instanceof ObjectNode object ? object : null;
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  /**
   * The object that this is.
   *
   * @throws IllegalArgumentException naming {@code what} and the text, if it is none
   */
  public static ObjectNode requireObject(String what, String text) {
    ObjectNode object = read(text);
    if (object == null) {
      throw new IllegalArgumentException(
          what + ": expected a JSON object, got \"" + shortened(text) + "\"");
    }
    return object;
  }

  /** A text in an object; null if there is none. Numbers are texts, too. */
  public static @Nullable String text(JsonNode object, String name) {
    JsonNode value = object.get(name);
    return value == null || value.isNull() || value.isContainerNode() ? null : value.asText();
  }

  /** A text in an object, or another if there is none. */
  public static String text(JsonNode object, String name, String otherwise) {
    String value = text(object, name);
    return value == null ? otherwise : value;
  }

  /** A whole number in an object, also one that is spelled as a text; null if there is none. */
  public static @Nullable Integer number(JsonNode object, String name) {
    String value = text(object, name);
    try {
      return value == null ? null : Integer.valueOf(value);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** An object of texts in an object. */
  public static Map<String, String> texts(JsonNode object, String name) {
    Map<String, String> texts = new LinkedHashMap<>();
    JsonNode value = object.get(name);
    if (value != null) {
      value
          .properties()
          .forEach(
              entry -> {
                if (entry.getValue().isValueNode() && !entry.getValue().isNull()) {
                  texts.put(entry.getKey(), entry.getValue().asText());
                }
              });
    }
    return texts;
  }

  /** The first 200 characters of a text, for errors. */
  public static String shortened(String text) {
    return text.length() <= 200 ? text : text.substring(0, 200) + "...";
  }
}
