#include "tests/soak/attackers.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <memory>

#include "tests/support/attacks.h"
#include "tests/support/ingest_client.h"
#include "tests/support/records.h"

namespace selfsame::soak {
namespace {

using test::SendCompressedBomb;
using test::SendDrips;
using test::SendEndlessHeaders;
using test::SendUnfinishedCalls;

constexpr std::chrono::seconds kCallWait{10};
constexpr std::chrono::seconds kAttackWait{10};
constexpr std::size_t kMiB = 1024 * 1024;

// Callers have machines of their own: here they take from the server's only what it leaves.
void StepBack() {
  constexpr int kLeastUrgent = 19;
  (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kLeastUrgent);
}

// One connection a thread.
test::IngestClient& ClientOf(const Arena& arena) {
  thread_local std::unique_ptr<test::IngestClient> client;
  if (client == nullptr) {
    client = std::make_unique<test::IngestClient>(arena.server, arena.api_key, kCallWait);
  }
  return *client;
}

std::string Name(const char* what, std::uint64_t round, std::size_t thread, int place = 0) {
  return fmt::format("{}-{}-{}-{}", what, thread, round, place);
}

// A customer who has another anonymous id each time, and a device that everybody uses.
bool GrowComponents(const Arena& arena, std::uint64_t round, std::size_t thread) {
  constexpr int kRecords = 50;
  ingest::v1::TrackEventsRequest request;
  for (int i = 0; i < kRecords; ++i) {
    const std::string fresh = Name("anon", round, thread, i);
    *request.add_events() = test::EventBuilder(Name("customer", round, thread, i))
                                .With("customer_id", "C-1")
                                .With("anonymous_id", fresh)
                                .Build();
    *request.add_events() = test::EventBuilder(Name("kiosk", round, thread, i))
                                .With("customer_id", Name("K", round, thread, i))
                                .With("device_id", "kiosk-1")
                                .Build();
  }
  return ClientOf(arena).Track(request).ok();
}

// What a stranger sends, and what a key holder does not finish.
bool AttackThePort(const Arena& arena, std::uint64_t round, std::size_t) {
  const Deadline deadline = Deadline::After(kAttackWait);
  switch (round % 4) {
    case 0: SendUnfinishedCalls(arena.server, {}, deadline); break;
    case 1: SendUnfinishedCalls(arena.server, {.api_key = arena.slow_api_key}, deadline); break;
    case 2: SendCompressedBomb(arena.server, arena.slow_api_key, 1400 * kMiB, deadline); break;
    case 3: SendDrips(arena.server, 50, deadline); break;
  }
  return true;
}

// The same and more before the front, which alone withstands endless headers.
bool AttackTheFront(const Arena& arena, std::uint64_t round, std::size_t) {
  const Deadline deadline = Deadline::After(kAttackWait);
  switch (round % 4) {
    case 0: SendEndlessHeaders(arena.front, 150 * kMiB, deadline); break;
    case 1: SendUnfinishedCalls(arena.front, {.api_key = arena.slow_api_key}, deadline); break;
    case 2: (void)test::HoldIdleConnections(arena.front, 1'200); break;
    case 3: SendDrips(arena.front, 50, deadline); break;
  }
  return true;
}

// As many new people as the server takes, and more.
bool FillTheQueue(const Arena& arena, std::uint64_t round, std::size_t thread) {
  constexpr int kRecords = 1'000;
  ingest::v1::TrackEventsRequest request;
  for (int i = 0; i < kRecords; ++i) {
    const std::string name = Name("new", round, thread, i);
    *request.add_events() = test::EventBuilder(name).With("customer_id", name).Build();
  }
  return ClientOf(arena).Track(request).ok();
}

// One person of whom everything is told, and whom everybody reads.
constexpr const char* kHotPerson = "hot-person";
bool FeedOnePerson(const Arena& arena, std::uint64_t round, std::size_t thread) {
  constexpr int kRecords = 500;
  ingest::v1::TrackEventsRequest request;
  for (int i = 0; i < kRecords; ++i) {
    *request.add_events() =
        test::EventBuilder(Name("hot", round, thread, i)).With("customer_id", kHotPerson).Build();
  }
  return ClientOf(arena).Track(request).ok();
}
bool ReadOnePerson(const Arena& arena, std::uint64_t round, std::size_t) {
  const auto person = test::ByIdentifier("customer_id", kHotPerson);
  if (round % 2 == 0) {
    profile::v1::GetProfileRequest request;
    *request.mutable_profile() = person;
    return ClientOf(arena).GetProfile(request).ok();
  }
  profile::v1::ListEventsRequest request;
  *request.mutable_profile() = person;
  request.set_page_size(1'000);
  return ClientOf(arena).ListEvents(request).ok();
}

// Lists that only grow, revisions in chains, and keys that are repeated.
bool UpdateOneProfile(const Arena& arena, std::uint64_t round, std::size_t thread) {
  constexpr int kElements = 1'000, kChain = 400, kRepeats = 1'000;
  ingest::v1::UpdateProfilesRequest request;
  if (round % 3 == 0) {
    std::string list = "[";
    for (int i = 0; i < kElements; ++i) {
      list += fmt::format("{}\"i-{}-{}\"", i == 0 ? "" : ",", round, i);
    }
    auto update = test::UpdateBuilder(Name("list", round, thread))
                      .With("customer_id", "lists")
                      .Json("{\"interests\":" + list + "]}")
                      .Build();
    (*update.mutable_operations())["interests"] = round % 2 == 0
                                                      ? ingest::v1::ATTRIBUTE_OPERATION_APPEND
                                                      : ingest::v1::ATTRIBUTE_OPERATION_REMOVE;
    *request.add_profile_updates() = update;
  } else if (round % 3 == 1) {
    for (int i = 0; i < kChain; ++i) {
      auto update = test::UpdateBuilder(Name("chain", round, thread, i))
                        .With("customer_id", Name("chained", round, thread))
                        .Json(fmt::format("{{\"city\":\"c{}\"}}", i))
                        .Build();
      update.set_if_revision(i);
      *request.add_profile_updates() = update;
    }
  } else {
    for (int i = 0; i < kRepeats; ++i) {
      *request.add_profile_updates() = test::UpdateBuilder(Name("repeated", round, thread))
                                           .With("customer_id", "repeats")
                                           .Json(R"({"city":"York"})")
                                           .Build();
    }
  }
  return ClientOf(arena).Update(request).ok();
}

}  // namespace

Attackers::Attackers(const Arena& arena) : arena_(arena) {
  Add("components", 1, &GrowComponents);
  Add("port", 1, &AttackThePort);
  if (!arena_.front.empty()) Add("front", 1, &AttackTheFront);
  Add("queue", 4, &FillTheQueue);
  Add("events of one person", 1, &FeedOnePerson);
  Add("reads of one person", 6, &ReadOnePerson);
  Add("updates", 2, &UpdateOneProfile);
}

Attackers::~Attackers() { Stop(); }

void Attackers::Add(const std::string& name, std::size_t threads, Round round) {
  Rounds& rounds = rounds_[name];
  for (std::size_t thread = 0; thread < threads; ++thread) {
    threads_.emplace_back([this, &rounds, round, thread] {
      StepBack();
      // A call that is refused at once is not sent again at once: clients that behave this badly
      // would take the machine from the server, and measure that.
      constexpr std::chrono::milliseconds kPause{20};
      for (std::uint64_t i = 0; !stop_.WaitFor(kPause); ++i) {
        if (round(arena_, i, thread)) rounds.answered.fetch_add(1);
        rounds.done.fetch_add(1);
      }
    });
  }
}

void Attackers::Stop() {
  stop_.Set();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

std::map<std::string, AttackCount> Attackers::Counts() const {
  std::map<std::string, AttackCount> counts;
  for (const auto& [name, rounds] : rounds_) {
    counts[name] = {.rounds = rounds.done.load(), .answered = rounds.answered.load()};
  }
  return counts;
}

}  // namespace selfsame::soak
