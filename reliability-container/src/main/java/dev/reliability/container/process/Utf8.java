package dev.reliability.container.process;

/** Tells UTF-8 from what is not, without decoding it. */
final class Utf8 {
  private Utf8() {}

  /**
   * Whether {@code [from, to)} is well-formed UTF-8 as Unicode defines it: no overlong forms, no
   * surrogates.
   */
  static boolean isValid(byte[] bytes, int from, int to) {
    int i = from;
    while ((i = Newlines.firstBeyondAscii(bytes, i, to)) < to) {
      int lead = bytes[i] & 0xff;
      int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
      if (lead < 0xc2 || lead > 0xf4 || to - i <= more) {
        return false;
      }
      int second = bytes[i + 1] & 0xff;
      int lowest = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
      int highest = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
      if (second < lowest || second > highest) {
        return false;
      }
      for (int k = 2; k <= more; k++) {
        if ((bytes[i + k] & 0xc0) != 0x80) {
          return false;
        }
      }
      i += more + 1;
    }
    return true;
  }
}
