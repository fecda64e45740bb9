package dev.reliability.ops.setup;

import java.util.List;

/** The file of an installation cannot be used; the message lists everything that is wrong. */
public final class InstallationException extends RuntimeException {
  private static final long serialVersionUID = 1;

  InstallationException(String file, List<String> problems) {
    super(file + " cannot be used:\n  " + String.join("\n  ", problems));
  }
}
