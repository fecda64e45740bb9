package dev.reliability.ops.setup;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reliability.core.check.Masker;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one object in the file. Whatever cannot be used is told in {@code problems} with
 * its path and value, and taken as if it were not there. Not thread-safe.
 */
final class Fields {
  private static final int LONGEST = 120;

  private final JsonNode object;
  private final String path;
  private final List<String> problems;
  private final Set<String> known = new LinkedHashSet<>();

  /** Of what stands at {@code path}, which should be an object. */
  Fields(JsonNode object, String path, List<String> problems) {
    this.object = object;
    this.path = path;
    this.problems = problems;
    if (!object.isObject()) {
      problems.add(
          (path.isEmpty() ? "the file" : path) + ": expected an object, got " + shown(object));
    }
  }

  private String at(String name) {
    return path.isEmpty() || name.isEmpty() ? path + name : path + "." + name;
  }

  /** What is wrong with a field; with the object itself if the name is empty. */
  void wrong(String name, String what) {
    problems.add(at(name) + ": " + what);
  }

  /** A field of any kind; null if it is not there. */
  @Nullable JsonNode node(String name) {
    known.add(name);
    return object.get(name);
  }

  boolean has(String name) {
    return object.has(name);
  }

  boolean isEmptyList(String name) {
    return object.path(name).isArray() && object.path(name).isEmpty();
  }

  <T> @Nullable T text(String name, Function<String, T> read) {
    JsonNode node = node(name);
    if (node == null) {
      return null;
    }
    if (!node.isTextual() || node.asText().isBlank()) {
      wrong(name, "expected a text, got " + shown(node));
      return null;
    }
    return read(name, node.asText(), read);
  }

  <T> T text(String name, Function<String, T> read, T otherwise) {
    T value = text(name, read);
    return value == null ? otherwise : value;
  }

  private <T> @Nullable T read(String name, String text, Function<String, T> read) {
    try {
      return read.apply(text);
    } catch (IllegalArgumentException e) {
      wrong(name, Masker.ofDefaults().head(String.valueOf(e.getMessage()), 4 * LONGEST));
      return null;
    }
  }

  boolean flag(String name, boolean otherwise) {
    JsonNode node = node(name);
    if (node == null) {
      return otherwise;
    }
    if (!node.isBoolean()) {
      wrong(name, "expected true or false, got " + shown(node));
      return otherwise;
    }
    return node.asBoolean();
  }

  int number(String name, int least, int most, int otherwise) {
    JsonNode node = node(name);
    return node == null ? otherwise : number(name, node, least, most, otherwise);
  }

  private int number(String name, JsonNode node, int least, int most, int otherwise) {
    if (!node.isIntegralNumber()
        || !node.canConvertToInt()
        || node.asInt() < least
        || node.asInt() > most) {
      wrong(name, "expected a whole number from " + least + " to " + most + ", got " + shown(node));
      return otherwise;
    }
    return node.asInt();
  }

  /** A list; empty if it is not there or none. */
  private List<JsonNode> list(String name, String of) {
    JsonNode node = node(name);
    List<JsonNode> list = new ArrayList<>();
    if (node != null && !node.isArray()) {
      wrong(name, "expected a list of " + of + ", got " + shown(node));
    } else if (node != null) {
      node.forEach(list::add);
    }
    return list;
  }

  List<Integer> numbers(String name, int least, int most) {
    List<Integer> numbers = new ArrayList<>();
    int i = 0;
    for (JsonNode node : list(name, "numbers")) {
      int value = number(name + "[" + i++ + "]", node, least, most, Integer.MIN_VALUE);
      if (value != Integer.MIN_VALUE) {
        numbers.add(value);
      }
    }
    return numbers;
  }

  /** Texts, read one by one. */
  <T> List<T> texts(String name, Function<String, T> read) {
    List<T> texts = new ArrayList<>();
    int i = 0;
    for (JsonNode node : list(name, "texts")) {
      String one = name + "[" + i++ + "]";
      if (!node.isTextual()) {
        wrong(one, "expected a text, got " + shown(node));
        continue;
      }
      T value = read(one, node.asText(), read);
      if (value != null) {
        texts.add(value);
      }
    }
    return texts;
  }

  /** Texts of which each may be there once. */
  List<String> names(String name, Function<String, String> read) {
    Set<String> once = new LinkedHashSet<>();
    for (String one : texts(name, read)) {
      if (!once.add(one)) {
        wrong(name, "expected each name once, got \"" + one + "\" twice");
      }
    }
    return List.copyOf(once);
  }

  /** The names and texts of an object, in their order. */
  Map<String, String> pairs(String name) {
    Map<String, String> pairs = new LinkedHashMap<>();
    Fields inner = inner(name);
    if (inner != null) {
      inner
          .object
          .fieldNames()
          .forEachRemaining(
              key -> {
                String text = inner.text(key, Function.identity());
                if (text != null) {
                  pairs.put(key, text);
                }
              });
    }
    return pairs;
  }

  /** The object there; null if there is none. */
  @Nullable Fields inner(String name) {
    JsonNode node = node(name);
    return node == null ? null : new Fields(node, at(name), problems);
  }

  /** The objects in a list. */
  List<Fields> inners(String name) {
    List<Fields> inners = new ArrayList<>();
    int i = 0;
    for (JsonNode node : list(name, "objects")) {
      Fields inner = new Fields(node, at(name) + "[" + i++ + "]", problems);
      if (node.isObject()) {
        inners.add(inner);
      }
    }
    return inners;
  }

  /** Tells fields that nobody asked for: a name that is misspelt must not mean the default. */
  void done() {
    object
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                wrong(
                    Masker.ofDefaults().head(name, LONGEST),
                    "expected one of " + known + ", got this name");
              }
            });
  }

  /** A value, not too long, and without secrets that are known as such. */
  private static String shown(JsonNode node) {
    return Masker.ofDefaults().head(node.toString(), LONGEST);
  }
}
