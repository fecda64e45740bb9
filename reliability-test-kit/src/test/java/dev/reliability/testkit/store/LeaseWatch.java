package dev.reliability.testkit.store;

import dev.reliability.core.store.Claim;
import dev.reliability.core.store.Completion;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.core.store.Renewal;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sees every step that a lease store takes, in its order and by the store's own clock, and holds it
 * to a model of its own (invariants 11, 12 and 14).
 */
final class LeaseWatch {

  /** The last lease of an item: until when it holds, null once it was given back or completed. */
  private record Last(long token, Instant until) {}

  private final LeaseStore store;
  private final List<String> violations;
  private final Map<ItemKey, Last> leases = new HashMap<>();
  private final Map<ItemKey, Integer> completions = new HashMap<>();
  private int grants;

  LeaseWatch(LeaseStore store, List<String> violations) {
    this.store = store;
    this.violations = violations;
  }

  /** The store, as it is to be used. */
  LeaseStore watched() {
    return (LeaseStore)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {LeaseStore.class},
            (self, method, arguments) -> step(method, arguments));
  }

  int grants() {
    return grants;
  }

  /** How often completions of an item were accepted. */
  int completions(ItemKey key) {
    return completions.getOrDefault(key, 0);
  }

  private Object step(Method method, Object[] arguments) throws Throwable {
    Object answer;
    try {
      answer = method.invoke(store, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
    switch (method.getName()) {
      case "claim" -> {
        if (answer instanceof Claim.Granted granted) {
          granted(granted.lease());
        }
      }
      case "claimQueued" -> ((List<?>) answer).forEach(lease -> granted((Lease) lease));
      case "renew" -> renewed((ItemKey) arguments[0], (long) arguments[1], (Renewal) answer);
      case "release" -> released((ItemKey) arguments[0], (long) arguments[1], (Renewal) answer);
      case "complete" ->
          completed((ItemKey) arguments[0], (long) arguments[1], (Completion) answer);
      default -> {}
    }
    return answer;
  }

  private void granted(Lease lease) {
    grants++;
    Last last = leases.getOrDefault(lease.key(), new Last(0, null));
    Instant now = store.now();
    if (last.until() != null && now.isBefore(last.until())) {
      violations.add("11: at " + now + " " + lease + " beside " + last);
    }
    if (lease.token() <= last.token()) {
      violations.add("12: " + lease + " after " + last);
    }
    if (completions(lease.key()) > 0) {
      violations.add("12: " + lease + " of what is done");
    }
    leases.put(lease.key(), new Last(lease.token(), lease.until()));
  }

  private boolean holds(ItemKey key, long token) {
    Last last = leases.get(key);
    return last != null
        && last.token() == token
        && last.until() != null
        && store.now().isBefore(last.until());
  }

  private void renewed(ItemKey key, long token, Renewal answer) {
    if (answer.isHeld() != holds(key, token)) {
      violations.add("14: at " + store.now() + " renewal by " + token + ": " + answer);
    }
    if (answer instanceof Renewal.Held held) {
      leases.put(key, new Last(token, held.until()));
    }
  }

  private void released(ItemKey key, long token, Renewal answer) {
    if (answer.isHeld() != holds(key, token)) {
      violations.add("14: at " + store.now() + " release by " + token + ": " + answer);
    }
    if (answer.isHeld()) {
      leases.put(key, new Last(token, null));
    }
  }

  private void completed(ItemKey key, long token, Completion answer) {
    Last last = leases.get(key);
    boolean current = last != null && last.token() == token;
    if (answer.isOk() != current) {
      violations.add("12: completion by " + token + ", last was " + last + ": " + answer);
    }
    if (answer instanceof Completion.Accepted) {
      if (completions.merge(key, 1, Integer::sum) > 1) {
        violations.add("13: " + key + " was completed twice");
      }
      leases.put(key, new Last(token, null));
    }
  }
}
