package dev.reliability.core.run;

/** The steps of stopping a worker, from the gentlest on. */
enum StopStep {
  NONE("none"),
  INPUT("input_closed"),
  TERMINATE("terminated"),
  KILL("killed");

  private final String wireName;

  StopStep(String wireName) {
    this.wireName = wireName;
  }

  String wireName() {
    return wireName;
  }
}
