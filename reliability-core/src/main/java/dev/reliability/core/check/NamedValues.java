package dev.reliability.core.check;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds values in text, however they are spelled: in other letter cases, escaped as in JSON,
 * encoded as in a URL or in Base64 (also as a part of something longer), with other line ends, and
 * folded over lines. Immutable and thread-safe. The time is bounded by the length of the text times
 * that of the values, and is that of the text where nothing is like them.
 */
final class NamedValues {
  /** How much of a value that is cut off must be there. */
  static final int SHORTEST = 4;

  private static final int SHORTEST_CORE = 5;
  private static final int MOST_INDENT = 40;
  private static final int NONE = -1;

  private final List<Needle> needles = new ArrayList<>();

  NamedValues(Collection<String> values) {
    Set<Needle> all = new LinkedHashSet<>();
    for (String value : values) {
      String lines = value.replace("\r\n", "\n").replace('\r', '\n');
      all.add(new Needle(Spelling.PLAIN, lines));
      all.add(new Needle(Spelling.ESCAPED, lines));
      all.add(
          new Needle(
              Spelling.PERCENT,
              new String(lines.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)));
      for (String bytes : List.of(value, lines)) {
        for (int before = 0; before < 3; before++) {
          String core = core(bytes, before);
          if (core.length() >= SHORTEST_CORE) {
            all.add(new Needle(Spelling.BASE64, core));
          }
        }
      }
    }
    needles.addAll(all);
  }

  /** How a value is spelled. */
  private enum Spelling {
    PLAIN,
    ESCAPED,
    PERCENT,
    BASE64
  }

  /** A value in one spelling; for {@code PERCENT} its bytes. */
  private record Needle(Spelling spelling, String value) {}

  /** What of the Base64 of a text that {@code value} is a part of depends on nothing else. */
  private static String core(String value, int before) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    byte[] all = new byte[before + bytes.length];
    System.arraycopy(bytes, 0, all, before, bytes.length);
    String encoded = Base64.getEncoder().withoutPadding().encodeToString(all);
    int from = before == 0 ? 0 : before + 1;
    int to = encoded.length() - (all.length % 3 == 0 ? 0 : 1);
    return encoded.substring(from, Math.max(from, to));
  }

  /**
   * The text with {@code mask} for each of the values.
   *
   * @param open whether the text may go on: then the beginning of a value at its end is one
   */
  String masked(String text, boolean open, String mask) {
    StringBuilder out = null;
    int copied = 0; // up to here the text is in out
    int until = 0; // up to here it is masked
    int encodedUntil = 0;
    for (int i = 0; i < text.length(); i++) {
      int from = i;
      int end = NONE;
      for (Needle needle : needles) {
        boolean encoded = needle.spelling() == Spelling.BASE64;
        if (encoded && i < encodedUntil) {
          continue;
        }
        int found = match(needle, 0, text, i);
        if (found > text.length()) {
          found = open ? text.length() : NONE;
        }
        if (found != NONE && encoded) { // all of it: the ends of what is known are not whole bytes
          while (found < text.length() && isBase64(text.charAt(found))) {
            found++;
          }
          encodedUntil = found;
          while (from > until && text.charAt(from - 1) != '=' && isBase64(text.charAt(from - 1))) {
            from--;
          }
        }
        end = Math.max(end, found);
      }
      if (end == NONE) {
        continue;
      }
      if (out == null) {
        out = new StringBuilder();
      }
      if (from >= until || until == 0) {
        out.append(text, copied, from).append(mask);
      }
      until = Math.max(until, end);
      copied = until;
    }
    return out == null ? text : out.append(text, copied, text.length()).toString();
  }

  /** How much of the beginning of a text is the end of a value; 0 if nothing is. */
  int endOfOne(String text) {
    int longest = 0;
    for (Needle needle : needles) {
      for (int from = 1; from <= needle.value().length() - SHORTEST; from++) {
        longest = Math.max(longest, Math.min(text.length(), match(needle, from, text, 0)));
      }
    }
    return longest;
  }

  // ---- one value at one place ----

  /**
   * Where the value, from its character {@code from} on, ends in the text if it stands at {@code
   * at}; more than the length of the text if that ends before; {@link #NONE} if it does not.
   */
  private static int match(Needle needle, int from, String text, int at) {
    String value = needle.value();
    int place = at;
    for (int k = from; k < value.length(); k++) {
      char c = value.charAt(k);
      if (k > from) {
        place = unfolded(text, place, c);
      }
      int next = place >= text.length() ? NONE : after(needle.spelling(), c, text, place);
      if (next == NONE) {
        boolean cut = place >= text.length() || isCutOff(needle.spelling(), text, place);
        return cut && k - from >= SHORTEST ? text.length() + 1 : NONE;
      }
      place = next;
    }
    return place;
  }

  /** Behind a line end, and what the next line is indented by, that are not the value's. */
  private static int unfolded(String text, int at, char next) {
    int place = at;
    if (Character.isWhitespace(next)) {
      return place;
    }
    while (place < text.length() && text.charAt(place) == '\ufffd' && next != '\ufffd') {
      place++; // what steered a terminal
    }
    int line = lineEnd(text, place);
    if (line == NONE) {
      return place;
    }
    place = line;
    while (place < text.length()
        && place - line < MOST_INDENT
        && (text.charAt(place) == ' ' || text.charAt(place) == '\t')) {
      place++;
    }
    return place;
  }

  private static int lineEnd(String text, int at) {
    if (text.startsWith("\r\n", at)) {
      return at + 2;
    }
    return at < text.length() && (text.charAt(at) == '\n' || text.charAt(at) == '\r')
        ? at + 1
        : NONE;
  }

  private static boolean isCutOff(Spelling spelling, String text, int at) {
    int left = text.length() - at;
    return (spelling == Spelling.ESCAPED && left < 6 && text.charAt(at) == '\\')
        || (spelling == Spelling.PERCENT && left < 3 && text.charAt(at) == '%');
  }

  /** Behind the character {@code c}, if it stands there. */
  private static int after(Spelling spelling, char c, String text, int at) {
    if (spelling == Spelling.BASE64) {
      return afterBase64(c, text, at);
    }
    if (c == '\n') {
      int line = afterLineEnd(spelling, text, at);
      if (line != NONE) {
        return line;
      }
    }
    char there = text.charAt(at);
    boolean here = isSame(there, c) || (there == '\ufffd' && Character.isISOControl(c));
    if (spelling == Spelling.ESCAPED) {
      return there == '\\' ? afterEscape(c, text, at) : here && c != '"' ? at + 1 : NONE;
    } else if (spelling == Spelling.PERCENT) {
      if (there == '%') {
        return hex(text, at + 1, 2) >= 0 && isSame((char) hex(text, at + 1, 2), c) ? at + 3 : NONE;
      }
      return (here && c < 0x80) || (c == ' ' && there == '+') ? at + 1 : NONE;
    }
    return here ? at + 1 : NONE;
  }

  private static int afterLineEnd(Spelling spelling, String text, int at) {
    if (spelling == Spelling.ESCAPED && text.startsWith("\\r\\n", at)) {
      return at + 4;
    } else if (spelling == Spelling.ESCAPED && text.startsWith("\\r", at)) {
      return at + 2;
    } else if (spelling == Spelling.PERCENT && hex(text, at + 1, 2) == '\r') {
      return text.charAt(at) != '%' ? NONE : hex(text, at + 4, 2) == '\n' ? at + 6 : at + 3;
    }
    return lineEnd(text, at);
  }

  private static int afterEscape(char c, String text, int at) {
    if (at + 1 >= text.length()) {
      return NONE;
    }
    char escaped = text.charAt(at + 1);
    int code = escaped == 'u' ? hex(text, at + 2, 4) : NONE;
    if (code >= 0) {
      return isSame((char) code, c) ? at + 6 : NONE;
    }
    char meant =
        switch (escaped) {
          case 'n' -> '\n';
          case 'r' -> '\r';
          case 't' -> '\t';
          case 'b' -> '\b';
          case 'f' -> '\f';
          default -> escaped;
        };
    return meant == c ? at + 2 : NONE;
  }

  private static int afterBase64(char c, String text, int at) {
    char there = text.charAt(at);
    if (there == c || (c == '+' && there == '-') || (c == '/' && there == '_')) {
      return at + 1;
    }
    return c == '/' && text.startsWith("\\/", at) ? at + 2 : NONE;
  }

  private static boolean isBase64(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "+/-_=".indexOf(c) >= 0;
  }

  private static boolean isSame(char a, char b) {
    return a == b || Character.toUpperCase(a) == Character.toUpperCase(b);
  }

  /** The number that is spelled there; negative if there is none. */
  private static int hex(String text, int at, int digits) {
    if (at + digits > text.length()) {
      return NONE;
    }
    int number = 0;
    for (int i = at; i < at + digits; i++) {
      int digit = Character.digit(text.charAt(i), 16);
      if (digit < 0) {
        return NONE;
      }
      number = number * 16 + digit;
    }
    return number;
  }
}
