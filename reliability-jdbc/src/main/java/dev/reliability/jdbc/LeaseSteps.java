package dev.reliability.jdbc;

import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.Completion;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.Renewal;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The steps on leases that a database takes in its own way. Null says that somebody changed the
 * item between looking and acting: nothing was done, and to ask again tells how it is now.
 */
interface LeaseSteps {

  /**
   * A claim.
   *
   * @param asked by which one recognises one's own lease when the answer was lost
   */
  @Nullable Claim claim(Session session, ItemKey key, ClaimRequest request, Asked asked)
      throws SQLException;

  /** A claim of many. Whoever is in the way is passed over. */
  List<Lease> claimQueued(
      Session session, String lane, int limit, ClaimRequest request, Asked asked)
      throws SQLException;

  /** Holding a lease for {@code ttl} nanoseconds from now. */
  @Nullable Renewal renew(Session session, ItemKey key, long token, long ttl) throws SQLException;

  /** Giving an item back. */
  @Nullable Renewal release(Session session, ItemKey key, long token) throws SQLException;

  /** Marking an item as done. */
  @Nullable Completion complete(Session session, ItemKey key, long token, @Nullable String result)
      throws SQLException;

  /**
   * Who asked.
   *
   * @param client a number that no other store has
   * @param request a number that no other call of this store has
   */
  record Asked(long client, long request) {
    Sql.Args in(Sql.Args args) {
      return args.number("client", client).number("request", request);
    }
  }
}
