#include "tests/bench/workload.h"

#include <random>

#include "base/check.h"
#include "selfsame/ingest/v1/ingest.pb.h"
#include "selfsame/schemas/account/v1/account.pb.h"
#include "selfsame/schemas/web/v1/web.pb.h"

namespace selfsame::bench {
namespace {

namespace pb = ::selfsame::ingest::v1;

constexpr std::size_t kCustomerBytes = 13;   // C and 12 digits.
constexpr std::size_t kAnonymousBytes = 36;  // As a UUID.
constexpr std::size_t kVarint31Bits = 5;
constexpr std::uint64_t kAnonymousSalt = 0x616e6f6e796d6f75;
constexpr std::int32_t kEventNanos = 250'000'000;

// `digits` nibbles of `bits`, the highest first.
char* WriteHex(std::uint64_t bits, int digits, char* out) {
  for (int i = digits - 1; i >= 0; --i) *out++ = "0123456789abcdef"[bits >> (4 * i) & 0xf];
  return out;
}

void WriteUuid(std::uint64_t high, std::uint64_t low, char* out) {
  out = WriteHex(high >> 32, 8, out);
  *out++ = '-';
  out = WriteHex(high >> 16, 4, out);
  *out++ = '-';
  out = WriteHex(high, 4, out);
  *out++ = '-';
  out = WriteHex(low >> 48, 4, out);
  *out++ = '-';
  WriteHex(low, 12, out);
}

void WriteCustomer(std::uint64_t person, char* out) {
  for (std::size_t i = kCustomerBytes - 1; i > 0; --i, person /= 10) {
    out[i] = static_cast<char>('0' + person % 10);
  }
  out[0] = 'C';
}

void WriteAnonymous(std::uint64_t person, char* out) {
  const std::uint64_t bits = Mix(person ^ kAnonymousSalt);
  WriteUuid((bits & ~0xf000ULL) | 0x4000, (Mix(bits) >> 2) | 0x8000000000000000, out);
}

// Seconds of our time: five bytes as a varint until 2106.
void WriteSeconds(TimeUs now, char* out) {
  std::uint64_t seconds = static_cast<std::uint64_t>(now.us / 1'000'000);
  for (std::size_t i = 0; i < kVarint31Bits; ++i, seconds >>= 7) {
    out[i] = static_cast<char>((seconds & 0x7f) | (i + 1 < kVarint31Bits ? 0x80 : 0));
  }
}

std::string KeyOf(std::uint64_t number, TimeUs now) {
  std::string key(kKeyBytes, '\0');
  WriteKey(number, now, key.data());
  return key;
}
std::string Letters(std::mt19937_64& random, std::size_t count) {
  std::string text(count, '\0');
  for (char& c : text) c = static_cast<char>('a' + random() % 26);
  return text;
}

std::string TraitsPayload(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  schemas::account::v1::Traits traits;
  traits.set_first_name(Letters(random, 8));
  traits.set_city(Letters(random, 12));
  traits.set_plan(Letters(random, 6));
  traits.set_marketing_opt_in(random() % 2 == 0);
  return traits.SerializeAsString();
}

// Event and ProfileUpdate have the same fields.
template <typename Record>
void Fill(std::uint64_t number, TimeUs now, Named named, const char* schema, std::string payload,
          Record* record) {
  record->set_key(KeyOf(number, now));
  record->mutable_event_time()->set_seconds(now.us / 1'000'000);
  record->mutable_event_time()->set_nanos(kEventNanos);
  auto* customer = record->add_identifiers();
  customer->set_kind(named == Named::kVisitor ? "device_id" : "customer_id");
  customer->set_value(CustomerOf(number));
  auto* anonymous = record->add_identifiers();
  const bool is_at_kiosk = named == Named::kAtKiosk;
  anonymous->set_kind(is_at_kiosk ? "device_id" : "anonymous_id");
  anonymous->set_value(AnonymousOf(is_at_kiosk ? kKiosk : number));
  record->mutable_schema()->set_name(schema);
  record->set_protobuf(std::move(payload));
}

void FillEvent(std::uint64_t number, TimeUs now, Named named, std::uint64_t seed,
               pb::Event* event) {
  Fill(number, now, named, "selfsame.schemas.web.v1.PageViewed", PageViewedPayload(seed), event);
}

std::string UnaryBytes(const RequestShape& shape, TimeUs now, std::uint64_t seed) {
  pb::TrackEventsRequest request;
  for (int i = 0; i < shape.records; ++i) {
    FillEvent(i, now, shape.named, seed + i, request.add_events());
  }
  return request.SerializeAsString();
}

std::string StreamBytes(const RequestShape& shape, TimeUs now, std::uint64_t seed) {
  pb::StreamRequest request;
  request.set_sequence(1);
  for (int i = 0; i < shape.records; ++i) {
    pb::StreamRecord* record = request.add_records();
    if (shape.has_updates && i % kUpdateEvery == 0) {
      Fill(i, now, shape.named, "selfsame.schemas.account.v1.Traits", TraitsPayload(seed + i),
           record->mutable_profile_update());
    } else {
      FillEvent(i, now, shape.named, seed + i, record->mutable_event());
    }
  }
  return request.SerializeAsString();
}

}  // namespace

std::uint64_t PersonOf(const People& people, std::uint64_t number) {
  return people.count == 0 ? number : people.first + Mix(number) % people.count;
}

std::string CustomerOf(std::uint64_t person) {
  std::string id(kCustomerBytes, '\0');
  WriteCustomer(person, id.data());
  return id;
}
std::string AnonymousOf(std::uint64_t person) {
  std::string id(kAnonymousBytes, '\0');
  WriteAnonymous(person, id.data());
  return id;
}

// The finalizer of SplitMix64.
std::uint64_t Mix(std::uint64_t number) {
  number += 0x9e3779b97f4a7c15;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  return number ^ (number >> 31);
}

void WriteKey(std::uint64_t number, TimeUs now, char* out) {
  const std::uint64_t bits = Mix(number);
  const auto ms = static_cast<std::uint64_t>(now.us / 1000);
  // 12 bits behind the version, 52 behind the variant: all 64.
  WriteUuid(ms << 16 | 0x7000 | bits >> 52, 0x8000000000000000 | (bits & 0xfffffffffffff), out);
}

std::string PageViewedPayload(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  schemas::web::v1::PageViewed page;
  page.set_title(Letters(random, 60));
  page.set_referrer("https://search.example/?q=" + Letters(random, 40));
  page.set_url("https://shop.example/");
  const std::size_t missing = kPayloadBytes - page.ByteSizeLong();
  // One byte of it is for a longer length of the field.
  page.mutable_url()->append(Letters(random, missing - 1));
  SELFSAME_CHECK(page.ByteSizeLong() == kPayloadBytes);
  return page.SerializeAsString();
}

RequestTemplate::RequestTemplate(const RequestShape& shape, std::uint64_t seed)
    : named_(shape.named) {
  SELFSAME_CHECK(shape.is_stream || !shape.has_updates);
  const TimeUs now = Now();
  bytes_ = shape.is_stream ? StreamBytes(shape, now, seed) : UnaryBytes(shape, now, seed);
  std::size_t from = 0;
  for (int i = 0; i < shape.records; ++i) {
    Marks marks;
    marks.key = bytes_.find(KeyOf(i, now), from);
    SELFSAME_CHECK(marks.key != std::string::npos);
    // After the key: the tag and length of event_time, then the tag of its seconds.
    marks.event_seconds = marks.key + kKeyBytes + 3;
    SELFSAME_CHECK(bytes_[marks.event_seconds - 1] == 0x08);
    marks.customer_id = bytes_.find(CustomerOf(i), marks.event_seconds);
    marks.anonymous_id =
        bytes_.find(AnonymousOf(named_ == Named::kAtKiosk ? kKiosk : i), marks.event_seconds);
    SELFSAME_CHECK(marks.customer_id != std::string::npos &&
                   marks.anonymous_id != std::string::npos);
    from = marks.anonymous_id;
    marks_.push_back(marks);
  }
}

void RequestTemplate::Stamp(const People& people, std::uint64_t first, TimeUs now) {
  for (const Marks& marks : marks_) {
    const std::uint64_t person = PersonOf(people, first);
    WriteKey(first++, now, bytes_.data() + marks.key);
    WriteSeconds(now, bytes_.data() + marks.event_seconds);
    WriteCustomer(person, bytes_.data() + marks.customer_id);
    if (named_ != Named::kAtKiosk) WriteAnonymous(person, bytes_.data() + marks.anonymous_id);
  }
}

}  // namespace selfsame::bench
