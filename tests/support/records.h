// Builders of records with everything a test does not care about filled in.
#ifndef SELFSAME_TESTS_SUPPORT_RECORDS_H_
#define SELFSAME_TESTS_SUPPORT_RECORDS_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/time.h"
#include "selfsame/ingest/v1/ingest.pb.h"
#include "selfsame/profile/v1/profile.pb.h"
#include "selfsame/wire/v1/wire.pb.h"

namespace selfsame::test {

// When records happened that do not say otherwise: 2024-02-29T12:00:00Z.
inline constexpr TimeUs kSomeTime{1'709'208'000'000'000};

// An Event or a ProfileUpdate. Has no identifiers to begin with.
template <typename Record>
class RecordBuilder {
 public:
  RecordBuilder(std::string_view key, std::string_view schema, std::string_view json) {
    record_.set_key(std::string(key));
    At(kSomeTime).Schema(schema).Json(json);
  }

  RecordBuilder& At(TimeUs time) {
    record_.mutable_event_time()->set_seconds(time.us / 1'000'000);
    record_.mutable_event_time()->set_nanos(static_cast<int>(time.us % 1'000'000 * 1000));
    return *this;
  }
  RecordBuilder& With(std::string_view kind, std::string_view value) {
    auto* identifier = record_.add_identifiers();
    identifier->set_kind(std::string(kind));
    identifier->set_value(std::string(value));
    return *this;
  }
  RecordBuilder& Schema(std::string_view name, std::uint32_t version = 0) {
    record_.mutable_schema()->set_name(std::string(name));
    record_.mutable_schema()->set_version(version);
    return *this;
  }
  RecordBuilder& Json(std::string_view payload) {
    record_.set_json(std::string(payload));
    return *this;
  }
  RecordBuilder& Protobuf(std::string_view payload) {
    record_.set_protobuf(std::string(payload));
    return *this;
  }
  RecordBuilder& Consent(std::string_view purpose) {
    record_.mutable_consent()->add_purposes(std::string(purpose));
    return *this;
  }

  const Record& Build() const { return record_; }
  // As the server reads it, every string as bytes: for records that no client library would send.
  wire::v1::Record BuildWire() const {
    wire::v1::Record wire;
    SELFSAME_CHECK(wire.ParseFromString(record_.SerializeAsString()));
    return wire;
  }

 private:
  Record record_;
};

// A page view.
class EventBuilder : public RecordBuilder<ingest::v1::Event> {
 public:
  explicit EventBuilder(std::string_view key)
      : RecordBuilder(key, "selfsame.schemas.web.v1.PageViewed",
                      R"({"url":"https://shop.test/"})") {}
};

// Traits, of which none is set to begin with.
class UpdateBuilder : public RecordBuilder<ingest::v1::ProfileUpdate> {
 public:
  explicit UpdateBuilder(std::string_view key)
      : RecordBuilder(key, "selfsame.schemas.account.v1.Traits", "{}") {}
};

inline ingest::v1::TrackEventsRequest Events(const std::vector<ingest::v1::Event>& events) {
  ingest::v1::TrackEventsRequest request;
  for (const auto& event : events) *request.add_events() = event;
  return request;
}

inline ingest::v1::UpdateProfilesRequest Updates(
    const std::vector<ingest::v1::ProfileUpdate>& updates) {
  ingest::v1::UpdateProfilesRequest request;
  for (const auto& update : updates) *request.add_profile_updates() = update;
  return request;
}

// A unary request of records of any bytes, for TrackBytes and UpdateBytes.
inline std::string RequestBytes(const std::vector<std::string>& records) {
  wire::v1::RecordBatch batch;
  for (const std::string& record : records) batch.add_records(record);
  return batch.SerializeAsString();
}

inline profile::v1::ProfileRef ById(const std::string& profile_id) {
  profile::v1::ProfileRef ref;
  ref.set_profile_id(profile_id);
  return ref;
}

inline profile::v1::ProfileRef ByIdentifier(const std::string& kind, const std::string& value) {
  profile::v1::ProfileRef ref;
  ref.mutable_identifier()->set_kind(kind);
  ref.mutable_identifier()->set_value(value);
  return ref;
}

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_SUPPORT_RECORDS_H_
