package dev.reliability.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.container.contract.FakeContainers;
import dev.reliability.container.contract.FakeSpec;
import dev.reliability.core.reconcile.HandleSource;
import dev.reliability.core.reconcile.LiveHandle;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.Work;
import dev.reliability.testkit.junit.WorldExtension;
import dev.reliability.testkit.worker.RecordingListener;
import dev.reliability.testkit.worker.WorkerScript;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every runtime is a source of handles for a reconciler, by its list and its labels. */
@ExtendWith(WorldExtension.class)
class ContainerHandlesTest {

  @Test
  void whatIsListedIsThereForAReconcilerAndCanBeKilled(World world) {
    FakeContainers containers = new FakeContainers(world, "owner");
    RecordingListener heard = new RecordingListener();
    ContainerHandle one =
        containers.spawn(
            FakeSpec.of(WorkerScript.idle()),
            new RunContext("run-7", 1, Work.of("lane", "item"), "inc-1", Duration.ofMinutes(1)),
            heard);
    world.advance(Duration.ofSeconds(1));
    HandleSource handles = containers.handles();
    LiveHandle handle = new LiveHandle(one.name(), "run-7", "inc-1");
    assertThat(world.await(handles.list())).containsExactly(handle);
    assertThat(world.await(handles.kill(handle)).survivors()).isEmpty();
    world.advance(Duration.ofSeconds(1));
    assertThat(heard.exit()).isNotNull();
    assertThat(world.await(handles.list())).isEmpty();
    assertThat(world.await(handles.kill(handle)).survivors()).isEmpty();
  }

  @Test
  void labelsThatAreMissingAreEmpty() {
    assertThat(new ContainerInfo("bare", Map.of(), ContainerInfo.State.ENDED, null).handle())
        .isEqualTo(new LiveHandle("bare", "", ""));
  }
}
