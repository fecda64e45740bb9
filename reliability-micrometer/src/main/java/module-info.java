/** Events as meters of Micrometer; alert rules and a dashboard for them. */
module dev.reliability.micrometer {
  requires transitive dev.reliability.core;
  requires transitive micrometer.core;
  requires static transitive org.jspecify;

  exports dev.reliability.micrometer;
}
