/** Decisions about runs, and the small shells that act on them. */
module dev.reliability.core {
  requires static transitive org.jspecify;
  requires com.google.common;
  requires org.slf4j;

  exports dev.reliability.core.check;
  exports dev.reliability.core.config;
  exports dev.reliability.core.dispatch;
  exports dev.reliability.core.event;
  exports dev.reliability.core.gate;
  exports dev.reliability.core.guard;
  exports dev.reliability.core.health;
  exports dev.reliability.core.incident;
  exports dev.reliability.core.lane;
  exports dev.reliability.core.link;
  exports dev.reliability.core.reconcile;
  exports dev.reliability.core.retry;
  exports dev.reliability.core.run;
  exports dev.reliability.core.runtime;
  exports dev.reliability.core.store;
}
