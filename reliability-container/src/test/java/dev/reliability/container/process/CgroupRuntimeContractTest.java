package dev.reliability.container.process;

/** Real processes in control groups keep the contract of runtimes. */
class CgroupRuntimeContractTest extends ProcessRuntimeContractTest {
  @Override
  ProcessFence fence() {
    return ProcessFence.CGROUP;
  }
}
