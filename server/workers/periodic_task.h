// A thread that does one thing again and again until it is stopped.
#ifndef SELFSAME_SERVER_WORKERS_PERIODIC_TASK_H_
#define SELFSAME_SERVER_WORKERS_PERIODIC_TASK_H_

#include <chrono>
#include <functional>
#include <thread>

#include "base/stop.h"

namespace selfsame::workers {

// Runs `pass` at once, then every `interval` after the last one ended.
class PeriodicTask {
 public:
  PeriodicTask(std::chrono::milliseconds interval, std::function<void()> pass);
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
