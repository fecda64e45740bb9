package dev.reliability.core.store;

import java.util.regex.Pattern;

/** What a document may be called: what a file, a column and a person can all live with. */
final class DocNames {
  private static final Pattern FINE = Pattern.compile("[A-Za-z0-9._/:@-]{1,200}");

  private DocNames() {}

  static boolean areFine(String name) {
    return FINE.matcher(name).matches();
  }
}
