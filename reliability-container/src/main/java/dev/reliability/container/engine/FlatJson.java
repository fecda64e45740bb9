package dev.reliability.container.engine;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the one kind of JSON that is needed here: an object of strings, or null. */
final class FlatJson {
  private final String text;
  private int at;

  private FlatJson(String text) {
    this.text = text;
  }

  /** The object's members, none for {@code null}; null if it is anything else. */
  static @Nullable Map<String, String> parse(String text) {
    if (text.equals("null")) {
      return Map.of();
    }
    try {
      return new FlatJson(text).object();
    } catch (IllegalArgumentException | StringIndexOutOfBoundsException notFlat) {
      return null;
    }
  }

  private Map<String, String> object() {
    Map<String, String> members = new LinkedHashMap<>();
    expect('{');
    if (peek() == '}') {
      at++;
    } else {
      do {
        String name = string();
        expect(':');
        members.put(name, string());
      } while (comma());
      expect('}');
    }
    blanks();
    if (at != text.length()) {
      throw new IllegalArgumentException("more than an object");
    }
    return members;
  }

  private boolean comma() {
    if (peek() != ',') {
      return false;
    }
    at++;
    return true;
  }

  private String string() {
    expect('"');
    StringBuilder value = new StringBuilder();
    while (true) {
      char c = text.charAt(at++);
      if (c == '"') {
        return value.toString();
      }
      value.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() {
    char c = text.charAt(at++);
    return switch (c) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        at += 4;
        yield (char) Integer.parseInt(text.substring(at - 4, at), 16);
      }
      case '"', '\\', '/' -> c;
      default -> throw new IllegalArgumentException("no such escape");
    };
  }

  private void expect(char wanted) {
    if (peek() != wanted) {
      throw new IllegalArgumentException("not flat");
    }
    at++;
  }

  private char peek() {
    blanks();
    return text.charAt(at);
  }

  private void blanks() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }
}
