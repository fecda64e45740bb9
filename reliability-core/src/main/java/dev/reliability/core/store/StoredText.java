package dev.reliability.core.store;

import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which names and texts a store takes: the same for every store, so that what one keeps the others
 * keep too. For implementations, and for whoever wants to check early. Pure functions.
 */
public final class StoredText {
  /** The longest name of a lane, an item, a run or a holder, in bytes of UTF-8. */
  public static final int LONGEST_NAME = 512;

  private static final String A_NAME =
      "a name of at most "
          + LONGEST_NAME
          + " bytes in UTF-8 that is not blank, without control characters or halves of surrogate pairs";
  private static final String A_TEXT = "text without NUL and halves of surrogate pairs";
  private static final int SHOWN = 60;
  private static final char REPLACEMENT = '\ufffd';

  private StoredText() {}

  /**
   * Checks the name of a lane, an item, a run or a holder.
   *
   * @param what whose name it is, for the error
   * @return the name
   * @throws IllegalArgumentException naming {@code what}, the value and what is wrong with it: it
   *     is blank, longer than {@link #LONGEST_NAME}, or has a control character (NUL and line ends
   *     among them) or half of a surrogate pair in it
   */
  public static String checkedName(String what, String name) {
    Objects.requireNonNull(name, what);
    if (name.isBlank()) {
      throw refused(what, A_NAME, name, "it is blank", 0);
    }
    int bytes = 0;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c >= ' ' && c < 0x7f) { // most are
        bytes++;
        continue;
      }
      if (Character.isISOControl(c)) {
        throw refused(what, A_NAME, name, "a control character at " + i, i);
      } else if (isHalf(name, i)) {
        throw refused(what, A_NAME, name, "half of a surrogate pair at " + i, i);
      }
      bytes += (c < 0x800 || Character.isSurrogate(c)) ? 2 : 3;
    }
    if (bytes > LONGEST_NAME) {
      throw refused(what, A_NAME, name, bytes + " bytes", 0);
    }
    return name;
  }

  /**
   * Checks a text: a payload, a result, a reason.
   *
   * @param what which text it is, for the error
   * @throws IllegalArgumentException naming {@code what}, the value and what is wrong with it: it
   *     has NUL or half of a surrogate pair in it
   */
  public static void checkText(String what, @Nullable String text) {
    int fault = text == null ? -1 : fault(text, 0);
    if (text != null && fault >= 0) {
      String why = text.charAt(fault) == 0 ? "NUL at " : "half of a surrogate pair at ";
      throw refused(what, A_TEXT, text, why + fault, fault);
    }
  }

  /**
   * The same text with each NUL and each half of a surrogate pair replaced by U+FFFD: for what
   * somebody else wrote, and what is to be kept whatever it is.
   */
  public static String cleaned(String text) {
    int fault = fault(text, 0);
    if (fault < 0) {
      return text;
    }
    StringBuilder clean = new StringBuilder(text);
    while (fault >= 0) {
      clean.setCharAt(fault, REPLACEMENT);
      fault = fault(text, fault + 1);
    }
    return clean.toString();
  }

  private static int fault(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0 || isHalf(text, i)) {
        return i;
      }
    }
    return -1;
  }

  /** Whether there is a surrogate at {@code i} without its other half. */
  static boolean isHalf(String text, int i) {
    char c = text.charAt(i);
    if (!Character.isSurrogate(c)) {
      return false;
    }
    return Character.isHighSurrogate(c)
        ? i + 1 >= text.length() || !Character.isLowSurrogate(text.charAt(i + 1))
        : i == 0 || !Character.isHighSurrogate(text.charAt(i - 1));
  }

  private static IllegalArgumentException refused(
      String what, String expected, String value, String why, int at) {
    return new IllegalArgumentException(
        what + ": expected " + expected + ", got \"" + shown(value, at) + "\": " + why);
  }

  /** What is around {@code at}, with nothing in it that a log or a terminal would change. */
  private static String shown(String value, int at) {
    int from = Math.max(0, at - SHOWN / 2);
    int to = Math.min(value.length(), from + SHOWN);
    StringBuilder shown = new StringBuilder(from > 0 ? "..." : "");
    for (int i = from; i < to; i++) {
      char c = value.charAt(i);
      if (Character.isISOControl(c) || (Character.isSurrogate(c) && isCut(value, i, from, to))) {
        shown.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        shown.append(c);
      }
    }
    return shown.append(to < value.length() ? "..." : "").toString();
  }

  private static boolean isCut(String value, int i, int from, int to) {
    return isHalf(value, i)
        || (i == from && Character.isLowSurrogate(value.charAt(i)))
        || (i == to - 1 && Character.isHighSurrogate(value.charAt(i)));
  }
}
