package dev.reliability.ops.serve;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The token of a server; how long it takes to compare says nothing about it. Immutable. */
final class Secret {
  private static final String SCHEME = "bearer ";
  private final byte[] digest;

  Secret(String token) {
    digest = digest(token);
  }

  /**
   * Whether an {@code Authorization} header has the token.
   *
   * @return null if there is no such header
   */
  @Nullable Boolean isIn(@Nullable String authorization) {
    if (authorization == null) {
      return null;
    }
    return authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)
        && MessageDigest.isEqual(digest, digest(authorization.substring(SCHEME.length()).strip()));
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("a JDK without SHA-256", e);
    }
  }
}
