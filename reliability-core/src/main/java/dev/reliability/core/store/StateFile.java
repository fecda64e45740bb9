package dev.reliability.core.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * How a document is spelled in a file: a first line that says what it is, a line for each value,
 * and a last line with a checksum of all before it, so that half a file is never taken for a whole
 * one.
 */
final class StateFile {
  private static final String HEADER = "reliability-state 1";

  private StateFile() {}

  // ---- names ----

  /**
   * A file name for a document, as long as its name, since a file system takes 255 bytes: {@code +}
   * stands for {@code /}, {@code ~} for {@code :} and, in front, {@code !} for a dot.
   */
  static String fileName(String name) {
    String spelled = name.replace('/', '+').replace(':', '~');
    return spelled.startsWith(".") ? "!" + spelled.substring(1) : spelled;
  }

  /** The document in a file of that name; null if none of ours is called so. */
  static @Nullable String nameOf(String fileName, String suffix) {
    String spelled = fileName.substring(0, fileName.length() - suffix.length());
    String plain = spelled.replace('+', '/').replace('~', ':');
    String name = plain.startsWith("!") ? "." + plain.substring(1) : plain;
    return DocNames.areFine(name) && fileName(name).equals(spelled) ? name : null;
  }

  // ---- content ----

  static byte[] spell(StateStore.Doc doc) {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    text.append("name ").append(doc.name()).append('\n');
    text.append("version ").append(doc.version()).append('\n');
    doc.values()
        .forEach(
            (key, value) ->
                text.append("= ")
                    .append(escape(key))
                    .append('=')
                    .append(escape(value))
                    .append('\n'));
    byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);
    byte[] end = ("end " + checksum(body, body.length) + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] all = new byte[body.length + end.length];
    System.arraycopy(body, 0, all, 0, body.length);
    System.arraycopy(end, 0, all, body.length, end.length);
    return all;
  }

  static StateStore.Doc parse(String name, byte[] bytes) throws IOException {
    String text = new String(bytes, StandardCharsets.UTF_8);
    String[] lines = text.split("\n", -1);
    if (!lines[0].equals(HEADER)) {
      throw new IOException("expected \"" + HEADER + "\" as its first line, so it is none of ours");
    }
    int last = lines.length - 2; // the text ends with a line end
    int body = bytes.length - (last < 0 ? 0 : lines[last].length() + 1);
    if (last < 3
        || !lines[last + 1].isEmpty()
        || !lines[last].equals("end " + checksum(bytes, Math.max(0, body)))) {
      throw new IOException("its last line is not the checksum of those before: it is torn");
    }
    if (!lines[1].equals("name " + name)) {
      throw new IOException("expected \"name " + name + "\", got \"" + lines[1] + "\"");
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 3; i < last; i++) {
      int equals = lines[i].indexOf('=', 2);
      if (!lines[i].startsWith("= ") || equals < 0) {
        throw new IOException("expected \"= key=value\", got \"" + lines[i] + "\"");
      }
      values.put(unescape(lines[i].substring(2, equals)), unescape(lines[i].substring(equals + 1)));
    }
    try {
      return new StateStore.Doc(name, Long.parseLong(lines[2].replace("version ", "")), values);
    } catch (NumberFormatException e) {
      throw new IOException("expected \"version <number>\", got \"" + lines[2] + "\"", e);
    }
  }

  private static String checksum(byte[] bytes, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, length);
    return String.format("%08x", crc.getValue());
  }

  private static String escape(String text) {
    StringBuilder spelled = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\\' -> spelled.append("\\\\");
        case '\n' -> spelled.append("\\n");
        case '\r' -> spelled.append("\\r");
        case '=' -> spelled.append("\\e");
        default -> {
          if (StoredText.isHalf(text, i)) { // it has no spelling in UTF-8
            spelled.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            spelled.append(c);
          }
        }
      }
    }
    return spelled.toString();
  }

  private static String unescape(String text) throws IOException {
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\' || i + 1 >= text.length()) {
        plain.append(c);
        continue;
      }
      char next = text.charAt(++i);
      if (next == 'u') {
        plain.append(half(text, i + 1));
        i += 4;
      } else {
        plain.append(next == 'n' ? '\n' : next == 'r' ? '\r' : next == 'e' ? '=' : next);
      }
    }
    return plain.toString();
  }

  private static char half(String text, int from) throws IOException {
    try {
      return (char) Integer.parseInt(text, from, from + 4, 16);
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw new IOException("expected four hexadecimal digits after \\u, got \"" + text + "\"", e);
    }
  }
}
