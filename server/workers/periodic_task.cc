#include "server/workers/periodic_task.h"

#include <utility>

namespace selfsame::workers {

PeriodicTask::PeriodicTask(std::chrono::milliseconds interval, std::function<void()> pass)
    : thread_([this, interval, pass = std::move(pass)] {
        do {
          pass();
        } while (!stop_.WaitFor(interval));
      }) {}

PeriodicTask::~PeriodicTask() {
  stop_.Set();
  thread_.join();
}

}  // namespace selfsame::workers
