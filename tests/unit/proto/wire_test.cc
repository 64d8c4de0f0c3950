// Holds selfsame/wire/v1, the server's own reading, to selfsame/ingest/v1, which clients speak.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/timestamp.pb.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "selfsame/ingest/v1/ingest.pb.h"
#include "selfsame/wire/v1/wire.pb.h"

namespace selfsame {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using Differences = std::vector<std::string>;

Differences Compare(const Descriptor& spoken, const Descriptor& read);

// A field may be read as it is spoken, a string or a message also as bytes, and a message also as
// one of the same shape.
Differences CompareTypes(const FieldDescriptor& spoken, const FieldDescriptor& read) {
  if (spoken.type() == FieldDescriptor::TYPE_MESSAGE &&
      read.type() == FieldDescriptor::TYPE_MESSAGE) {
    return Compare(*spoken.message_type(), *read.message_type());
  }
  const bool as_bytes = read.type() == FieldDescriptor::TYPE_BYTES &&
                        (spoken.type() == FieldDescriptor::TYPE_STRING ||
                         spoken.type() == FieldDescriptor::TYPE_MESSAGE);
  if (as_bytes || spoken.type() == read.type()) return {};
  return {spoken.full_name() + " is read as " + read.type_name()};
}

std::string OneofName(const FieldDescriptor& field) {
  return field.containing_oneof() == nullptr ? "" : field.containing_oneof()->name();
}

Differences CompareFields(const FieldDescriptor& spoken, const FieldDescriptor& read) {
  Differences differences = CompareTypes(spoken, read);
  if (spoken.is_repeated() != read.is_repeated()) {
    differences.push_back(spoken.full_name() + " is repeated in one only");
  }
  if (OneofName(spoken) != OneofName(read)) {
    differences.push_back(spoken.full_name() + " is in another oneof");
  }
  return differences;
}

Differences Compare(const Descriptor& spoken, const Descriptor& read) {
  Differences differences;
  if (spoken.field_count() != read.field_count()) {
    differences.push_back(spoken.full_name() + " has another number of fields");
  }
  for (int i = 0; i < spoken.field_count(); ++i) {
    const FieldDescriptor& field = *spoken.field(i);
    const FieldDescriptor* other = read.FindFieldByNumber(field.number());
    const Differences found = other == nullptr ? Differences{field.full_name() + " is not read"}
                                               : CompareFields(field, *other);
    differences.insert(differences.end(), found.begin(), found.end());
  }
  return differences;
}

template <typename Spoken, typename Read>
Differences Compare() {
  return Compare(*Spoken::descriptor(), *Read::descriptor());
}

TEST(WireTest, ReadsWhatClientsSpeak) {
  const Differences none;
  EXPECT_EQ((Compare<ingest::v1::TrackEventsRequest, wire::v1::RecordBatch>()), none);
  EXPECT_EQ((Compare<ingest::v1::UpdateProfilesRequest, wire::v1::RecordBatch>()), none);
  EXPECT_EQ((Compare<ingest::v1::StreamRequest, wire::v1::StreamBatch>()), none);
  EXPECT_EQ((Compare<ingest::v1::StreamRecord, wire::v1::StreamRecord>()), none);
  // What only profile updates have is read of events as well, and ignored.
  EXPECT_EQ((Compare<ingest::v1::Event, wire::v1::Record>()),
            Differences{"selfsame.ingest.v1.Event has another number of fields"});
  // Any number may come as an enum's value.
  EXPECT_EQ((Compare<ingest::v1::ProfileUpdate, wire::v1::Record>()),
            Differences{"selfsame.ingest.v1.ProfileUpdate.OperationsEntry.value is read as int32"});
  EXPECT_EQ((Compare<google::protobuf::Timestamp, wire::v1::Time>()), none);
}

TEST(WireTest, FieldsOfARecordKeepTheirNames) {
  for (const auto* spoken :
       {ingest::v1::Event::descriptor(), ingest::v1::ProfileUpdate::descriptor()}) {
    for (int i = 0; i < spoken->field_count(); ++i) {
      const auto* read =
          wire::v1::Record::descriptor()->FindFieldByNumber(spoken->field(i)->number());
      ASSERT_NE(read, nullptr) << spoken->field(i)->full_name();
      EXPECT_EQ(read->name(), spoken->field(i)->name());
    }
  }
}

TEST(WireTest, TheComparisonFindsDifferences) {
  EXPECT_EQ((Compare<ingest::v1::SchemaRef, wire::v1::Identifier>()),
            Differences{"selfsame.ingest.v1.SchemaRef.version is read as bytes"});
  EXPECT_EQ((Compare<ingest::v1::StreamRequest, wire::v1::RecordBatch>()),
            (Differences{"selfsame.ingest.v1.StreamRequest has another number of fields",
                         "selfsame.ingest.v1.StreamRequest.sequence is read as bytes",
                         "selfsame.ingest.v1.StreamRequest.sequence is repeated in one only",
                         "selfsame.ingest.v1.StreamRequest.records is not read"}));
  EXPECT_EQ((Compare<ingest::v1::StreamRecord, wire::v1::Identifier>()),
            (Differences{"selfsame.ingest.v1.StreamRecord.event is in another oneof",
                         "selfsame.ingest.v1.StreamRecord.profile_update is in another oneof"}));
}

ingest::v1::Event SomeEvent() {
  ingest::v1::Event event;
  event.set_key("key-1");
  event.mutable_event_time()->set_seconds(1709208000);
  event.mutable_event_time()->set_nanos(5);
  auto& identifier = *event.add_identifiers();
  identifier.set_kind("email");
  identifier.set_value("ada@example.org");
  event.mutable_schema()->set_name("some.Schema");
  event.mutable_schema()->set_version(3);
  event.set_json("{}");
  event.mutable_consent()->add_purposes("analytics");
  return event;
}

TEST(WireTest, AnEventArrivesWhole) {
  const ingest::v1::Event event = SomeEvent();
  ingest::v1::TrackEventsRequest request;
  *request.add_events() = event;
  wire::v1::RecordBatch batch;
  ASSERT_TRUE(batch.ParseFromString(request.SerializeAsString()));
  ASSERT_EQ(batch.records_size(), 1);
  wire::v1::Record record;
  ASSERT_TRUE(record.ParseFromString(batch.records(0)));
  EXPECT_EQ(record.key(), "key-1");
  EXPECT_EQ(record.event_time().seconds(), 1709208000);
  EXPECT_EQ(record.event_time().nanos(), 5);
  EXPECT_EQ(record.identifiers(0).value(), "ada@example.org");
  EXPECT_EQ(record.schema().version(), 3u);
  EXPECT_EQ(record.json(), "{}");
  EXPECT_EQ(record.consent(), event.consent().SerializeAsString());
  EXPECT_EQ(record.SerializeAsString(), event.SerializeAsString());
}

TEST(WireTest, ABrokenRecordOrStringDoesNotHurtItsNeighbours) {
  wire::v1::RecordBatch sent;
  sent.add_records("\x0a\xff");
  ingest::v1::Event event = SomeEvent();
  std::string not_utf8 = event.SerializeAsString();
  not_utf8.replace(not_utf8.find("key-1"), 5, "\xff\xff\xff\xff\xff");
  sent.add_records(not_utf8);
  sent.add_records(event.SerializeAsString());

  wire::v1::RecordBatch batch;
  ASSERT_TRUE(batch.ParseFromString(sent.SerializeAsString()));
  ASSERT_EQ(batch.records_size(), 3);
  wire::v1::Record record;
  EXPECT_FALSE(record.ParseFromString(batch.records(0)));
  EXPECT_TRUE(record.ParseFromString(batch.records(1)));
  EXPECT_EQ(record.key(), "\xff\xff\xff\xff\xff");
  EXPECT_TRUE(record.ParseFromString(batch.records(2)));
  EXPECT_EQ(record.key(), "key-1");
}

}  // namespace
}  // namespace selfsame
