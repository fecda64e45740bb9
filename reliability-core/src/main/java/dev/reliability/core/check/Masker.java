package dev.reliability.core.check;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes secrets out of text before people see it: values that the host names, and what looks like a
 * secret. What looks like one is: what stands behind {@code Bearer}, behind a word such as {@code
 * token}, {@code password} or {@code api_key} and an equals sign or (if it looks like one) a colon,
 * behind a variable such as {@code DB_PASS} or {@code STRIPE_KEY}, behind an option such as {@code
 * --password}, the password in an address, private keys, signed web tokens, and the tokens of some
 * well-known services. This is a net with holes, not a proof: what must never be seen is named.
 *
 * <p>A value that is named is found in any letter case, escaped as in JSON, encoded as in a URL or
 * in Base64 (also as a part of something longer), whatever its line ends are, and folded over
 * lines. What else can be made of it, such as a hash or its reverse, is not.
 *
 * <p>Immutable and thread-safe. Time and memory are bounded by the text.
 */
public final class Masker {
  /** What stands in the place of a secret. */
  public static final String MASKED = "[masked]";

  private static final Masker DEFAULTS = new Masker(List.of());
  private static final int SHORTEST = NamedValues.SHORTEST;
  private static final String LEFT_OUT = "...";

  private static final String QUOTED = "\"(?:[^\"\\\\\\n]++|\\\\.){0,200}+\"?\\S*+";
  private static final String PASSWORD = "(?:password|passwd|pwd|passphrase|secret)";
  private static final String TOKEN =
      "(?:token(?!s|iz)|credentials?|authorization|cookie|signature|session[_-]?id"
          + "|(?:api|access|auth|private|secret|account|encryption|signing)[ _-]?key)";
  private static final String REST = "[\\w.-]{0,40}[\"']?";

  /** Each with the group that stays before the secret. */
  private static final List<Pattern> PATTERNS =
      List.of(
          Pattern.compile(
              "(?s)()-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----"
                  + ".*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|\\z)"),
          Pattern.compile("(?i)(\\bbearer\\s{1,5})[\\w.~+/=-]{8,}+"),
          Pattern.compile("(?i)(\\bauthorization[\"']?[ \\t]{0,5}[:=][ \\t]{0,5})[^\\r\\n]++"),
          Pattern.compile(
              "(?i)((?:"
                  + PASSWORD
                  + "|"
                  + TOKEN
                  + ")"
                  + REST
                  + "[ \\t]{0,5}=[ \\t]{0,5})"
                  + "(?:"
                  + QUOTED
                  + "|'[^'\\n]*+'?\\S*+|[^\\s\"']\\S*+)"),
          Pattern.compile(
              "(?i)((?:"
                  + PASSWORD
                  + "|"
                  + TOKEN
                  + ")"
                  + REST
                  + "[ \\t]{0,5}:[ \\t]{0,5})"
                  + "(?:"
                  + QUOTED
                  + "|'[^'\\n]*+'?\\S*+)"),
          Pattern.compile("(?i)(" + PASSWORD + REST + "[ \\t]{0,5}:[ \\t]{0,5})[^\\s\"']\\S*+"),
          Pattern.compile(
              "(?i)("
                  + TOKEN
                  + REST
                  + "[ \\t]{0,5}:[ \\t]{0,5})"
                  + "(?=[^\\s\"']{0,200}[0-9]|\\S{20})[^\\s\"']\\S{7,}+"),
          Pattern.compile(
              "(?i)((?:"
                  + PASSWORD
                  + "|"
                  + TOKEN
                  + "|\\bkey)"
                  + REST
                  + "(?:\\s{1,5}is)?\\s{1,5})"
                  + "(?=[\\w+/=-]{0,200}[0-9])[\\w+/=-]{24,}+"),
          Pattern.compile( // DB_PASS, STRIPE_KEY, GITHUB_PAT
              "(?i)((?<=[a-z0-9])[_-](?:key|pat|pass|creds?)[\"']?[ \\t]{0,5}=(?!=)[ \\t]{0,5})"
                  + "(?:"
                  + QUOTED
                  + "|'[^'\\n]*+'?\\S*+|[^\\s\"']\\S*+)"),
          Pattern.compile(
              "(?i)((?<![\\w-])--?(?:[a-z0-9]{1,20}-){0,3}"
                  + "(?:password|passwd|pass|pwd|passphrase|secret|token|(?:api|access|secret)-?key)"
                  + "[ \\t]{1,5})(?!-)(?:"
                  + QUOTED
                  + "|'[^'\\n]*+'?\\S*+|[^\\s\"']\\S*+)"),
          Pattern.compile("(/bot)[0-9]{3,20}:[\\w-]{3,}+"), // Telegram
          Pattern.compile("(://[^\\s/:@]{0,200}:)[^\\s/]{1,500}(?=@)"),
          Pattern.compile( // the same with the end cut off; a number is a port
              "(://[^\\s/:@]{0,200}:)(?=[0-9]{0,5}+[^\\s/@])[^\\s/@]{1,500}\\z"),
          Pattern.compile("()\\beyJ[\\w-]{8,}+\\.[\\w-]++(?:\\.[\\w-]*+)?"),
          Pattern.compile(
              "()\\b(?:gh[pousr]_\\w{16,}+|github_pat_\\w{16,}+|glpat-[\\w-]{16,}+"
                  + "|sk-[\\w-]{16,}+|xox[abprs]-[\\w-]{10,}+|AKIA[0-9A-Z]{16})"));

  private static final Pattern KEY_LINES = Pattern.compile("\\A(?:[A-Za-z0-9+/=]{40,}+\\s++)++");
  private static final Pattern COLOURS = Pattern.compile("\u001b\\[[0-9;]{0,20}[A-Za-z]");
  private static final Pattern CONTROLS = Pattern.compile("[\\p{Cntrl}&&[^\\n\\t]]");
  private static final Pattern KEY_END = Pattern.compile("-----END [A-Z ]{0,30}PRIVATE KEY-----");

  private final NamedValues values;

  private Masker(Collection<String> values) {
    this.values = new NamedValues(values);
  }

  /** What looks like a secret. */
  public static Masker ofDefaults() {
    return DEFAULTS;
  }

  /**
   * What looks like a secret, and these, without the line ends that they end with.
   *
   * @throws IllegalArgumentException if one is shorter than 4 characters: too much would be masked
   */
  public static Masker hiding(Collection<String> values) {
    List<String> stripped = new ArrayList<>();
    for (String named : values) {
      String value = withoutLineEnd(named);
      if (value.length() < SHORTEST) {
        throw new IllegalArgumentException(
            "values: expected secrets of at least "
                + SHORTEST
                + " characters, got one of "
                + value.length());
      }
      stripped.add(value);
    }
    return new Masker(stripped);
  }

  private static String withoutLineEnd(String value) {
    int end = value.length();
    while (end > 0 && (value.charAt(end - 1) == '\n' || value.charAt(end - 1) == '\r')) {
      end--;
    }
    return value.substring(0, end);
  }

  /** As {@link #hiding(Collection)}. */
  public static Masker hiding(String... values) {
    return hiding(List.of(values));
  }

  /** The same text without secrets. */
  public String mask(String text) {
    return withoutLookalikes(values.masked(text, false, MASKED));
  }

  /** The same text without secrets, and only its beginning if it is longer than {@code most}. */
  public String head(String text, int most) {
    String masked = mask(plain(text));
    return masked.length() <= most
        ? masked
        : masked.substring(0, whole(masked, most - LEFT_OUT.length())) + LEFT_OUT;
  }

  /**
   * The end of a text without secrets, those that a cut goes through among them: so give it more
   * text than is to be seen, for it to find the word before a secret. Without control characters
   * but line ends and tabs.
   *
   * @param text the end of something longer, or all of it
   * @param cut whether something stood before it
   * @param most how many characters at most
   */
  public String tail(String text, boolean cut, int most) {
    String known = values.masked(plain(text), true, MASKED);
    String whole = cut ? fromWholeLine(known, most) : known;
    String masked = withoutLookalikes(whole).strip();
    int room = most - LEFT_OUT.length();
    if (masked.length() <= (cut ? room : most)) {
      return cut ? LEFT_OUT + masked : masked;
    }
    return LEFT_OUT + masked.substring(whole(masked, masked.length() - room));
  }

  private static String withoutLookalikes(String text) {
    String masked = text;
    for (Pattern pattern : PATTERNS) {
      masked = pattern.matcher(masked).replaceAll("$1" + Matcher.quoteReplacement(MASKED));
    }
    return masked;
  }

  /** Without what stands in a line, or a word, whose beginning is not there. */
  private String fromWholeLine(String text, int most) {
    int line = text.indexOf('\n');
    int from = line >= 0 && line < text.length() - most ? line + 1 : wordEnd(text);
    String rest = text.substring(from);
    Matcher end = KEY_END.matcher(rest);
    if (end.find() && !rest.substring(0, end.start()).contains("-----BEGIN")) {
      return MASKED + rest.substring(end.end());
    }
    int known = values.endOfOne(rest); // one with blanks in it, whose beginning was left out
    if (known > 0) {
      return MASKED + rest.substring(known);
    }
    return KEY_LINES.matcher(rest).replaceFirst(MASKED + "\n");
  }

  /** Without what steers a terminal. */
  private static String plain(String text) {
    String line = COLOURS.matcher(text).replaceAll("").replace("\r\n", "\n");
    return CONTROLS.matcher(line).replaceAll("\ufffd");
  }

  private static int wordEnd(String text) {
    int i = 0;
    while (i < text.length() && !Character.isWhitespace(text.charAt(i))) {
      i++;
    }
    return i;
  }

  /** {@code at}, or one more if that is the middle of a character. */
  private static int whole(String text, int at) {
    return Character.isLowSurrogate(text.charAt(at)) ? at + 1 : at;
  }
}
