package dev.reliability.container.process;

/** Real processes in control groups keep the contract of workers. */
class CgroupContractTest extends ProcessContractTest {
  @Override
  ProcessFence fence() {
    return ProcessFence.CGROUP;
  }
}
