#include "tests/e2e/observability/feed.h"

#include <fmt/format.h>

#include "base/time.h"

namespace selfsame::test {
namespace {

constexpr std::chrono::milliseconds kPause{150};
constexpr int kPeople = 40;
constexpr int kRecords = 7;  // At once.
constexpr const char* kOrderLine = "selfsame.schemas.commerce.v1.OrderLine";
constexpr const char* kBounced = "selfsame.schemas.messaging.v1.EmailBounced";

std::string EmailOf(int person) { return fmt::format("p{}@shop.example", person); }

}  // namespace

Feed::Feed(const std::string& server, const std::string& api_key, const std::string& source,
           Fault fault)
    : source_(source), fault_(fault), client_(server, api_key), thread_([this] { Run(); }) {}

std::vector<ingest::v1::Event> Feed::NextEvents() {
  std::vector<ingest::v1::Event> events;
  for (int i = 0; i < kRecords; ++i) {
    const int number = ++count_;
    const int person = number % kPeople;
    const bool is_bad = Has(Fault::kInvalidEmails) && i % 2 == 0;
    const std::string extra = Has(Fault::kUnknownField) ? R"(,"colour":"red")" : "";
    RecordBuilder<ingest::v1::Event> event(
        fmt::format("{}-{}", source_, number), kOrderLine,
        fmt::format(R"({{"order_id":"o{}","sku":"s{}","quantity":1{}}})", number, number % 7,
                    extra));
    event.At(Now()).With("email", is_bad ? "no address" : EmailOf(person));
    events.push_back(event.Build());
  }
  events.push_back(RecordBuilder<ingest::v1::Event>(
                       fmt::format("{}-bounce-{}", source_, count_), kBounced,
                       fmt::format(R"({{"message_id":"m{}","kind":"KIND_HARD"}})", count_))
                       .At(Now())
                       .With("email", EmailOf(count_ % kPeople))
                       .Build());
  return events;
}

// Each source says something else of the people of its last records.
std::vector<ingest::v1::ProfileUpdate> Feed::LastPeople() const {
  std::vector<ingest::v1::ProfileUpdate> updates;
  for (int number = count_ - kRecords + 1; number <= count_; ++number) {
    const std::string email = EmailOf(number % kPeople);
    updates.push_back(UpdateBuilder(fmt::format("{}-update-{}", source_, number))
                          .At(Now())
                          .With("email", email)
                          .Json(fmt::format(R"({{"email":"{}","city":"{} town"}})", email, source_))
                          .Build());
  }
  return updates;
}

void Feed::Run() {
  while (!is_over_) {
    if (!Has(Fault::kSilence)) {
      const auto events = Events(NextEvents());
      const Deadline deadline = Deadline::After(std::chrono::seconds(30));
      SendUntilSettled(client_, events, deadline);
      if (Has(Fault::kDuplicates)) SendUntilSettled(client_, events, deadline);
      SendUntilSettled(client_, Updates(LastPeople()), deadline);
    }
    std::this_thread::sleep_for(kPause);  // The pace of the source: nothing waits for it.
  }
}

}  // namespace selfsame::test
