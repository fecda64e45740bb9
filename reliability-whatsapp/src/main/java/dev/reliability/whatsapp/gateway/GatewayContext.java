package dev.reliability.whatsapp.gateway;

import dev.reliability.core.runtime.Durations;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Scheduler;
import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;

/** What the connections of one socket share. */
final class GatewayContext {
  final ReliabilityRuntime runtime;
  final GatewayMapper mapper;
  final GatewayComplaints complaints;
  final GatewayHttp http;
  final GatewayInbox inbox;
  final Duration requestTimeout;
  final Duration statusEvery;

  /** All decisions. */
  final Strand control;

  /** What links' listeners are told. */
  final Strand told;

  /** What becomes of messages. */
  final Strand results;

  GatewayContext(GatewaySocket.Builder settings) {
    String name = settings.name;
    runtime = settings.runtime;
    mapper = settings.mapper;
    requestTimeout = settings.requestTimeout;
    statusEvery = settings.statusEvery;
    control = runtime.strand(Strand.Kind.CONTROL, "gateway " + name);
    told = runtime.strand(Strand.Kind.DELIVERY, "gateway " + name + " link");
    results = runtime.strand(Strand.Kind.DELIVERY, "gateway " + name + " results");
    complaints = new GatewayComplaints(name, runtime.time());
    inbox =
        new GatewayInbox(
            runtime.strand(Strand.Kind.DELIVERY, "gateway " + name + " messages"),
            settings.listener,
            complaints);
    http = new GatewayHttp(name);
  }

  /** Runs a task on the control strand after a while; at once if there are no timers any more. */
  long after(Duration delay, Runnable task) {
    try {
      return runtime.scheduler().schedule(control, Durations.saturatedNanos(delay), task);
    } catch (RejectedExecutionException runtimeClosed) {
      control.execute(task);
      return Scheduler.NO_TIMER;
    }
  }

  void cancel(long timer) {
    runtime.scheduler().cancel(timer);
  }
}
