package dev.reliability.jdbc;

import dev.reliability.core.store.StoreException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the values of a document are spelled in one column: a line {@code key=value} for each, in the
 * order of the keys. A backslash begins what has no other spelling, such as a line break or half of
 * a surrogate pair.
 */
final class DocBody {
  private DocBody() {}

  static String spell(Map<String, String> values) {
    StringBuilder body = new StringBuilder();
    new TreeMap<>(values)
        .forEach(
            (key, value) -> {
              escape(key, body);
              body.append('=');
              escape(value, body);
              body.append('\n');
            });
    return body.toString();
  }

  static Map<String, String> parse(String where, String body) {
    Map<String, String> values = new LinkedHashMap<>();
    int from = 0;
    while (from < body.length()) {
      int end = body.indexOf('\n', from);
      int equals = body.indexOf('=', from);
      if (end < 0 || equals < 0 || equals > end) {
        throw new StoreException(
            where
                + ": expected lines key=value, got \""
                + body.substring(from, end < 0 ? body.length() : end)
                + "\"",
            null);
      }
      values.put(
          unescape(where, body.substring(from, equals)),
          unescape(where, body.substring(equals + 1, end)));
      from = end + 1;
    }
    return values;
  }

  private static void escape(String text, StringBuilder out) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (pair) {
        out.append(c).append(text.charAt(++i));
      } else if (c < ' ' || c == '\\' || c == '=' || Character.isSurrogate(c)) {
        out.append('\\').append(String.format("%04x", (int) c));
      } else {
        out.append(c);
      }
    }
  }

  private static String unescape(String where, String text) {
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        try {
          c = (char) Integer.parseInt(text.substring(i + 1, i + 5), 16);
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
          throw new StoreException(
              where + ": expected four hexadecimal digits after \\, got \"" + text + "\"", e);
        }
        i += 4;
      }
      plain.append(c);
    }
    return plain.toString();
  }
}
