/** A user of the library. */
module dev.reliability.it {
  requires dev.reliability.container;
  requires dev.reliability.journal;
}
