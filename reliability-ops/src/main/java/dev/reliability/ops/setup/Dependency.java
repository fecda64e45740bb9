package dev.reliability.ops.setup;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that an installation needs. Immutable.
 *
 * @param name by which it is known in reports and to the escalation
 * @param asked how it is looked at
 * @param timeout how long one attempt may take
 * @param required whether it has to be there; if not, its absence is only told
 */
public record Dependency(String name, Asked asked, Duration timeout, boolean required) {

  /** The names of the checks that every preflight of the command makes by itself. */
  public static final List<String> OWN = List.of("settings", "detector", "journal", "stores");

  /** How it is looked at. */
  public sealed interface Asked {}

  /**
   * Files that are there and not empty.
   *
   * @param files by the names under which people know them
   */
  public record Files(Map<String, Path> files) implements Asked {
    /** Copies them. */
    public Files {
      files = ImmutableMap.copyOf(files);
    }
  }

  /**
   * A command that ends with one of these codes.
   *
   * @param words the program and its arguments; no shell looks at them
   * @param codes which exit codes pass
   */
  public record Command(List<String> words, List<Integer> codes) implements Asked {
    /** Copies the lists. */
    public Command {
      words = ImmutableList.copyOf(words);
      codes = ImmutableList.copyOf(codes);
    }
  }

  /**
   * An address that answers a GET.
   *
   * @param address where
   * @param statuses which pass; all from 200 to 299 if none are named
   */
  public record Http(URI address, List<Integer> statuses) implements Asked {
    /** Copies the list. */
    public Http {
      statuses = ImmutableList.copyOf(statuses);
    }
  }

  /**
   * A database that answers.
   *
   * @param url {@code jdbc:...}
   * @param user who asks; null if the URL says it
   * @param passwordFrom the name of the variable that holds the password; null if there is none
   * @param query what is asked, which has to give a row; null to ask only whether the connection is
   *     valid
   */
  public record Jdbc(
      String url, @Nullable String user, @Nullable String passwordFrom, @Nullable String query)
      implements Asked {}
}
