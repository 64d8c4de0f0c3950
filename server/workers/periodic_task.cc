#include "server/workers/periodic_task.h"

#include <utility>

namespace selfsame::workers {

PeriodicTask::PeriodicTask(std::chrono::milliseconds interval, const observe::Barrier& barrier,
                           std::function<void()> pass)
    : thread_([this, interval, &barrier, pass = std::move(pass)] {
        do {
          (void)barrier.Run(observe::Entry::kTask, "", pass);
        } while (!stop_.WaitFor(interval));
      }) {}

PeriodicTask::~PeriodicTask() {
  stop_.Set();
  thread_.join();
}

}  // namespace selfsame::workers
