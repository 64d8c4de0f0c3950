#include "tests/soak/soak.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "base/stop.h"
#include "base/time.h"
#include "tests/e2e/front/haproxy.h"
#include "tests/soak/attackers.h"
#include "tests/support/attacks.h"
#include "tests/support/ingest_client.h"
#include "tests/support/server_process.h"

namespace selfsame::soak {
namespace {

constexpr int kAloneSecondsMax = 60;
constexpr std::chrono::seconds kProgressEvery{10};
constexpr std::chrono::seconds kKnownWait{60};
constexpr std::chrono::seconds kStopWait{120};  // To see how long it takes, not to wait for it.
constexpr double kMiB = 1024 * 1024;

void AwaitKnown(const std::string& address, const std::string& api_key) {
  test::IngestClient client(address, api_key);
  const Deadline deadline = Deadline::After(kKnownWait);
  while (!client.GetLimits().ok() && !deadline.Expired()) continue;
}

// Waits for `seconds`, saying now and then how it goes.
void Watch(const SoakOptions& options, const test::ServerProcess& server, const char* phase,
           std::chrono::seconds length) {
  static const StopSignal never;
  const Deadline end = Deadline::After(length);
  while (!end.Expired()) {
    (void)never.WaitFor(std::min<std::chrono::milliseconds>(kProgressEvery, end.Left()));
    if (end.Left() < std::chrono::seconds(1)) continue;
    options.on_progress(
        fmt::format("{}: {} s left, server {:.0f} MiB", phase, end.Left().count() / 1000,
                    static_cast<double>(test::ResidentBytesOf(server.pid())) / kMiB));
  }
}

double MiB(std::size_t bytes) { return static_cast<double>(bytes) / kMiB; }

void StopUnderAttack(test::ServerProcess& server, Report* report) {
  const auto started = std::chrono::steady_clock::now();
  report->exit_code = server.Terminate(kStopWait);
  report->stop_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
}

}  // namespace

Report RunSoak(const SoakOptions& options) {
  Report report{.seconds = options.seconds, .has_front = test::HaproxyIsInstalled()};
  const auto database = test::TestDatabase::Create();
  const test::SeededTenant calm_tenant = database->SeedTenant("calm");
  const test::SeededTenant noisy_tenant = database->SeedTenant("noisy");
  const test::SeededTenant slow_tenant = database->SeedTenant("slow");
  const auto server = test::ServerProcess::Start(*database);
  std::unique_ptr<test::Haproxy> front;
  if (report.has_front) {
    front = std::make_unique<test::Haproxy>(test::Haproxy::Options{
        .server = server->grpc_address(), .certificate = {}, .client_ca = {}});
  }
  AwaitKnown(server->grpc_address(), calm_tenant.api_key);

  const std::chrono::seconds alone(std::clamp(options.seconds / 6, 1, kAloneSecondsMax));
  const std::chrono::seconds attacked(std::max<long>(options.seconds - alone.count(), 1));
  CalmTenant calm(server->grpc_address(), calm_tenant.api_key);
  Watch(options, *server, "warming up", std::chrono::seconds(1));
  (void)calm.Take();
  Watch(options, *server, "alone", alone);
  report.alone = calm.Take();
  Attackers attackers({.server = server->grpc_address(),
                       .front = front == nullptr ? "" : front->address(),
                       .api_key = noisy_tenant.api_key,
                       .slow_api_key = slow_tenant.api_key});
  Watch(options, *server, "attacked, warming up", attacked / 5);
  report.warm_mib = MiB(test::PeakBytesOf(server->pid()));
  test::ForgetPeak(server->pid());
  Watch(options, *server, "attacked", attacked - attacked / 5);
  report.beside = calm.Take();
  report.end_mib = MiB(test::ResidentBytesOf(server->pid()));
  report.peak_mib = MiB(test::PeakBytesOf(server->pid()));
  report.attacks = attackers.Counts();
  calm.Stop();
  options.on_progress("stopping the server while the attacks go on");
  StopUnderAttack(*server, &report);
  attackers.Stop();
  return report;
}

}  // namespace selfsame::soak
