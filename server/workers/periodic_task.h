// A thread that does one thing again and again until it is stopped.
#ifndef SELFSAME_SERVER_WORKERS_PERIODIC_TASK_H_
#define SELFSAME_SERVER_WORKERS_PERIODIC_TASK_H_

#include <chrono>
#include <functional>
#include <thread>

#include "base/stop.h"
#include "server/observe/barrier.h"

namespace selfsame::workers {

// Runs `pass` at once, then every `interval` after the last one ended. A pass that throws is
// counted and logged, and the next one comes all the same.
class PeriodicTask {
 public:
  // Requires: `barrier` outlives this.
  PeriodicTask(std::chrono::milliseconds interval, const observe::Barrier& barrier,
               std::function<void()> pass);
  // Waits for a pass that is under way.
  ~PeriodicTask();
  PeriodicTask(const PeriodicTask&) = delete;
  PeriodicTask& operator=(const PeriodicTask&) = delete;

 private:
  StopSignal stop_;
  std::thread thread_;
};

}  // namespace selfsame::workers

#endif  // SELFSAME_SERVER_WORKERS_PERIODIC_TASK_H_
