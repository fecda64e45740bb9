package dev.reliability.container.orphan;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * How a ledger is spelled: a line that says what it is, then one line for each thing that happened.
 * Each line ends with a checksum of itself, so that a line is either whole or known not to be. What
 * follows the last line end is what a crash cut short, and counts as not written.
 *
 * <pre>
 * reliability-ledger 1 INCARNATION CHECKSUM
 * intent ID KIND RUN ATTEMPT LANE ITEM OWNER COOKIE CHECKSUM
 * became ID NAME=VALUE ... CHECKSUM
 * gone ID CHECKSUM
 * </pre>
 *
 * <p>Fields are separated by tabs.
 */
final class LedgerLines {
  private static final String TITLE = "reliability-ledger";
  private static final String VERSION = "1";
  private static final String INTENT = "intent";
  private static final String BECAME = "became";
  private static final String GONE = "gone";

  private LedgerLines() {}

  /**
   * What a file says.
   *
   * @param entries those that are not gone, in the order in which they were written
   * @param last the greatest number that was given to an entry; 0 if none was
   * @param wholeBytes up to where its lines are whole; behind it is what a crash cut short
   */
  record Content(List<LedgerEntry> entries, long last, int wholeBytes) {}

  // ---- writing ----

  static byte[] header(String incarnation) {
    return line(TITLE, VERSION, incarnation);
  }

  static byte[] intent(long id, Intent intent) {
    return line(
        INTENT,
        Long.toString(id),
        intent.kind(),
        intent.run(),
        Integer.toString(intent.attempt()),
        intent.lane(),
        intent.item(),
        intent.owner(),
        intent.cookie());
  }

  static byte[] became(long id, Map<String, String> identity) {
    List<String> fields = new ArrayList<>(List.of(BECAME, Long.toString(id)));
    identity.forEach((name, value) -> fields.add(name + "=" + value));
    return line(fields.toArray(String[]::new));
  }

  static byte[] gone(long id) {
    return line(GONE, Long.toString(id));
  }

  /** A file that says nothing but these. */
  static byte[] all(String incarnation, Iterable<LedgerEntry> entries) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(header(incarnation));
    for (LedgerEntry entry : entries) {
      bytes.writeBytes(intent(entry.id(), entry.intent()));
      if (!entry.identity().isEmpty()) {
        bytes.writeBytes(became(entry.id(), entry.identity()));
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] line(String... fields) {
    StringBuilder text = new StringBuilder();
    for (String field : fields) {
      escape(field, text);
      text.append('\t');
    }
    text.append(checksum(text.toString())).append('\n');
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String checksum(String text) {
    CRC32 crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return String.format("%08x", crc.getValue());
  }

  private static void escape(String field, StringBuilder into) {
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      switch (c) {
        case '\\' -> into.append("\\\\");
        case '\t' -> into.append("\\t");
        case '\n' -> into.append("\\n");
        case '\r' -> into.append("\\r");
        default -> into.append(c);
      }
    }
  }

  // ---- reading ----

  /**
   * Reads a file.
   *
   * @param where its name, for errors
   * @throws LedgerException naming file and line if a whole line is not one of ours
   */
  static Content parse(String where, String incarnation, byte[] bytes) {
    Map<Long, LedgerEntry> open = new LinkedHashMap<>();
    long last = 0;
    int number = 0;
    int from = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        number++;
        String text = new String(bytes, from, i - from, StandardCharsets.UTF_8);
        from = i + 1;
        try {
          String[] fields = fields(text);
          if (number == 1) {
            checkHeader(fields, incarnation);
          } else {
            last = Math.max(last, apply(fields, open));
          }
        } catch (IllegalArgumentException e) {
          throw new LedgerException(
              "ledger " + where + ", line " + number + ": " + e.getMessage(), e);
        }
      }
    }
    return new Content(List.copyOf(open.values()), last, from);
  }

  private static String[] fields(String line) {
    int end = line.lastIndexOf('\t') + 1;
    if (!checksum(line.substring(0, end)).equals(line.substring(end))) {
      throw new IllegalArgumentException(
          "expected a line that ends with its checksum, got \"" + shortened(line) + "\"");
    }
    String[] fields = line.substring(0, end - 1).split("\t", -1);
    for (int i = 0; i < fields.length; i++) {
      fields[i] = unescape(fields[i]);
    }
    return fields;
  }

  private static void checkHeader(String[] fields, String incarnation) {
    if (fields.length != 3 || !fields[0].equals(TITLE) || !fields[1].equals(VERSION)) {
      throw new IllegalArgumentException(
          "expected \"" + TITLE + " " + VERSION + "\", got \"" + String.join(" ", fields) + "\"");
    }
    if (!fields[2].equals(incarnation)) {
      throw new IllegalArgumentException(
          "expected the incarnation " + incarnation + ", got \"" + fields[2] + "\"");
    }
  }

  /** Takes a line in; returns the number of the entry that it is about. */
  private static long apply(String[] fields, Map<Long, LedgerEntry> open) {
    long id = fields.length < 2 ? 0 : number(fields[1]);
    if (fields[0].equals(INTENT) && fields.length == 9) {
      Intent intent =
          new Intent(
              fields[2],
              fields[3],
              (int) number(fields[4]),
              fields[5],
              fields[6],
              fields[7],
              fields[8]);
      open.put(id, new LedgerEntry(id, intent, Map.of()));
    } else if (fields[0].equals(BECAME) && fields.length > 2) {
      Map<String, String> identity = new LinkedHashMap<>();
      for (int i = 2; i < fields.length; i++) {
        int equals = fields[i].indexOf('=');
        if (equals < 1) {
          throw new IllegalArgumentException("expected name=value, got \"" + fields[i] + "\"");
        }
        identity.put(fields[i].substring(0, equals), fields[i].substring(equals + 1));
      }
      open.computeIfPresent(id, (same, entry) -> entry.became(identity));
    } else if (fields[0].equals(GONE) && fields.length == 2) {
      open.remove(id);
    } else {
      throw new IllegalArgumentException(
          "expected intent, became or gone with their fields, got \""
              + shortened(String.join(" ", fields))
              + "\"");
    }
    return id;
  }

  private static long number(String field) {
    try {
      return Long.parseLong(field);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("expected a number, got \"" + field + "\"", e);
    }
  }

  private static String unescape(String field) {
    if (field.indexOf('\\') < 0) {
      return field;
    }
    StringBuilder plain = new StringBuilder(field.length());
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == '\\' && i + 1 < field.length()) {
        char next = field.charAt(++i);
        plain.append(next == 't' ? '\t' : next == 'n' ? '\n' : next == 'r' ? '\r' : next);
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  private static String shortened(String text) {
    String printable = text.replaceAll("\\p{Cntrl}", "?");
    return printable.length() <= 80 ? printable : printable.substring(0, 80) + "...";
  }
}
