package dev.reliability.container.engine;

import java.nio.file.Path;

/**
 * A file or directory of this machine that a container sees.
 *
 * @param source what it is here; an absolute path
 * @param target where the container sees it; an absolute path
 * @param readOnly whether the container may not change it
 */
public record Mount(String source, String target, boolean readOnly) {

  /**
   * Checks the paths.
   *
   * @throws IllegalArgumentException if one is not absolute or has a comma, a quote or a control
   *     character in it, which the engines' command lines do not take, or if the target is the root
   */
  public Mount {
    EngineChecks.path(source, "mount source");
    EngineChecks.path(target, "mount target");
    if (target.equals("/")) {
      throw new IllegalArgumentException("mount target: expected a path below /, got \"/\"");
    }
  }

  /** A mount that the container can only read. */
  public static Mount readOnly(Path source, String target) {
    return new Mount(source.toString(), target, true);
  }

  /** A mount that the container can change. */
  public static Mount readWrite(Path source, String target) {
    return new Mount(source.toString(), target, false);
  }
}
