package dev.reliability.testkit.world;

/** Why a {@link World} stopped moving time. */
public enum Stop {
  /** The condition held. */
  CONDITION,
  /** Nothing is pending any more, except what watches in the background. */
  IDLE,
  /** The horizon was reached first. */
  HORIZON,
  /** The world's step budget was used up first. */
  BUDGET
}
