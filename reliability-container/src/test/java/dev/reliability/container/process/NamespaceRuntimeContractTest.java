package dev.reliability.container.process;

/** Real processes in pid namespaces keep the contract of runtimes. */
class NamespaceRuntimeContractTest extends ProcessRuntimeContractTest {
  @Override
  ProcessFence fence() {
    return ProcessFence.PID_NAMESPACE;
  }
}
