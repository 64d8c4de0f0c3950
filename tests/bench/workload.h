// What the benchmark sends and stores: web events of 300-byte payloads about customers with one
// anonymous id each, and on request a profile update in every ten. All that a record has of its own
// (key, people, time) is computed from its number, and stamped over bytes made beforehand: so the
// client costs next to nothing while the clock runs, and no two records share a key.
#ifndef SELFSAME_TESTS_BENCH_WORKLOAD_H_
#define SELFSAME_TESTS_BENCH_WORKLOAD_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"

namespace selfsame::bench {

inline constexpr std::uint64_t kKnownCustomers = 10'000;
inline constexpr std::size_t kPayloadBytes = 300;
inline constexpr int kUpdateEvery = 10;

// Whom records are about.
struct People {
  std::uint64_t first = 0;
  std::uint64_t count =
      0;  // So many from `first` on, in no order; 0: the one with the record's number.
  bool operator==(const People&) const = default;
};
inline constexpr People kKnownPeople{.count = kKnownCustomers};
// For numbers below kKnownCustomers known ones.
inline constexpr People kNumberedPeople{};

std::uint64_t PersonOf(const People& people, std::uint64_t number);

// Of a person: what records name it by.
std::string CustomerOf(std::uint64_t person);
std::string AnonymousOf(std::uint64_t person);

// A bijection of 64-bit numbers that looks random: distinct numbers make distinct keys and ids.
std::uint64_t Mix(std::uint64_t number);

// A key as SDKs make them, written over 36 bytes: a UUIDv7 of `now` whose random bits are those of
// Mix(number).
inline constexpr std::size_t kKeyBytes = 36;
void WriteKey(std::uint64_t number, TimeUs now, char* out);

// A PageViewed of exactly kPayloadBytes; the same for the same seed.
std::string PageViewedPayload(std::uint64_t seed);

// The two identifiers of each record.
enum class Named {
  kCustomer,  // customer_id and anonymous_id.
  kVisitor,   // device_id, with the value of CustomerOf, and anonymous_id.
  kAtKiosk,   // customer_id, and the one device_id that all have in common: AnonymousOf(kKiosk).
};
inline constexpr std::uint64_t kKiosk = 999'999'999'999;

struct RequestShape {
  bool is_stream = false;  // StreamRequest, otherwise TrackEventsRequest.
  int records = 1;
  bool has_updates = false;  // Every kUpdateEvery-th record is a profile update. Streams only.
  Named named = Named::kCustomer;
};

// One request's bytes, to be stamped anew for each sending. Owned by one thread.
class RequestTemplate {
 public:
  RequestTemplate(const RequestShape& shape, std::uint64_t seed);

  // Gives the records the numbers from `first` on.
  void Stamp(const People& people, std::uint64_t first, TimeUs now);
  const std::string& bytes() const { return bytes_; }
  std::uint64_t records() const { return marks_.size(); }

 private:
  // Where a record's own values are. At a kiosk anonymous_id is where the device's value is.
  struct Marks {
    std::size_t key = 0;
    std::size_t event_seconds = 0;
    std::size_t customer_id = 0;
    std::size_t anonymous_id = 0;
  };

  const Named named_;
  std::string bytes_;
  std::vector<Marks> marks_;
};

}  // namespace selfsame::bench

#endif  // SELFSAME_TESTS_BENCH_WORKLOAD_H_
