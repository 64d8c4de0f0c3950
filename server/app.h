// The parts list: everything the server is made of, built in order and stopped in reverse.
#ifndef SELFSAME_SERVER_APP_H_
#define SELFSAME_SERVER_APP_H_

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/stop.h"
#include "server/config.h"
#include "server/observe/barrier.h"
#include "server/observe/log.h"

namespace selfsame::server {

// Owned by the main thread, which also starts it: a private PostgreSQL ends with that thread.
class App {
 public:
  // Starts everything. Serves as soon as the database answers and is at head; with a database that
  // is away it starts all the same, and says NOT_SERVING until it comes.
  // Requires: log outlives this. Errors: what keeps it from ever serving: a malformed
  // configuration, an address in use, a private PostgreSQL that does not start, a failed migration.
  // `on_deaf` runs, on another thread, if the gRPC port later stops answering: stop and exit then.
  // `before` is the barrier's (server/observe/barrier.h), for tests. `stop` gives up starting a
  // private PostgreSQL once it is set; null: nothing does. It outlives this.
  static Result<std::unique_ptr<App>> Start(const Config& config, const observe::Logger& log,
                                            std::function<void()> on_deaf,
                                            observe::Barrier::Before before = nullptr,
                                            const StopSignal* stop = nullptr);

  // Stops, as Stop does.
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  // Starts a private PostgreSQL again that has ended. To be called a few times a second, by the
  // thread that started this.
  void Supervise();

  // Refuses new calls, commits and answers what was taken in, closes. Idempotent.
  void Stop();

 private:
  struct Parts;
  explicit App(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace selfsame::server

#endif  // SELFSAME_SERVER_APP_H_
