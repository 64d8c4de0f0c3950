#include "cli/quarantine/record_form.h"

#include <gmock/gmock.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include "tests/unit/cli/schema/shop_schema.h"

namespace selfsame::cli {
namespace {

using ingest::v1::Event;
using nlohmann::ordered_json;
using testing::HasSubstr;
using testing::Not;

Event JsonEvent(const std::string& payload) {
  Event event;
  event.set_key("k-1");
  event.mutable_event_time()->set_seconds(60);
  auto* identifier = event.add_identifiers();
  identifier->set_kind("customer_id");
  identifier->set_value("1001");
  event.mutable_schema()->set_name("shop.v1.Order");
  event.set_json(payload);
  return event;
}

std::string OrderBytes(const schema::MessageType& type) {
  const auto order = type.New();
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(
                  R"({"order_id":"77","items":[{"sku":"A"}],"total":2.5})", order.get())
                  .ok());
  return order->SerializeAsString();
}

ordered_json Form(const Event& event, const schema::MessageType* type = nullptr) {
  const auto form = FormOf(BodyKind::kEvent, event.SerializeAsString(), type);
  EXPECT_TRUE(form.ok());
  return form.ok() ? *form : ordered_json();
}

ordered_json Edited(ordered_json form, const std::string& edit) {
  const auto parsed = ParseEdit(edit);
  EXPECT_TRUE(parsed.ok()) << edit;
  const Status applied = ApplyEdit(*parsed, form);
  EXPECT_TRUE(applied.ok()) << edit;
  return form;
}

// The event a patch of the form would hold.
Event Patched(const Event& original, const ordered_json& before, const ordered_json& after) {
  const auto patch = PatchOf(BodyKind::kEvent, original.SerializeAsString(), before, after);
  EXPECT_TRUE(patch.ok()) << (patch.ok() ? "" : patch.error().message);
  return patch.ok() ? patch->event() : Event();
}

TEST(RecordFormTest, AJsonPayloadIsInItsPlace) {
  const auto form = Form(JsonEvent(R"({"order_id": "77"})"));
  EXPECT_EQ(form["key"], "k-1");
  EXPECT_EQ(form["event_time"], "1970-01-01T00:01:00Z");
  EXPECT_EQ(form["identifiers"][0]["kind"], "customer_id");
  EXPECT_EQ(form["schema"]["name"], "shop.v1.Order");
  EXPECT_EQ(form["payload"]["order_id"], "77");
}

TEST(RecordFormTest, AProtobufPayloadIsReadByItsSchema) {
  const auto type = Build(ShopSet());
  Event event = JsonEvent("");
  event.set_protobuf(OrderBytes(*type));
  EXPECT_EQ(Form(event, type.get())["payload"]["items"][0]["sku"], "A");
}

TEST(RecordFormTest, APayloadThatCannotBeShownIsKeptAsTextOrBytes) {
  EXPECT_EQ(Form(JsonEvent("{broken"))["payload_text"], "{broken");
  Event event = JsonEvent("");
  event.set_protobuf("\xff\xff");
  EXPECT_EQ(Form(event)["payload_base64"], "//8=");
  EXPECT_EQ(Form(event, Build(ShopSet()).get())["payload_base64"], "//8=");
  event.clear_payload();
  EXPECT_THAT(Form(event).dump(), Not(HasSubstr("payload")));
}

TEST(RecordFormTest, BytesThatAreNoRecordAreSaidToBeNone) {
  const auto form = FormOf(BodyKind::kEvent, "\xff\xff", nullptr);
  ASSERT_FALSE(form.ok());
  EXPECT_EQ(form.error().reason, "BODY_UNREADABLE");
  EXPECT_EQ(SchemaOf(BodyKind::kEvent, "\xff\xff").name, "");
}

TEST(RecordFormTest, EditsFollowTheirPath) {
  const auto form = Form(JsonEvent(R"({"country": "UK", "items": [{"sku": "A"}], "total": 1})"));
  EXPECT_EQ(Edited(form, "payload.country=GB")["payload"]["country"], "GB");
  EXPECT_EQ(Edited(form, "payload.items[0].sku=B")["payload"]["items"][0]["sku"], "B");
  EXPECT_EQ(Edited(form, "payload.items[1].sku=C")["payload"]["items"][1]["sku"], "C");
  EXPECT_EQ(Edited(form, "payload.a.b=x=y")["payload"]["a"]["b"], "x=y");
  EXPECT_EQ(Edited(form, "identifiers[0].value=7")["identifiers"][0]["value"], "7");
}

TEST(RecordFormTest, ATextStaysATextAndTheRestIsJsonWhereItCanBe) {
  const auto form = Form(JsonEvent(R"({"country": "UK", "total": 1})"));
  EXPECT_TRUE(Edited(form, "payload.country=12")["payload"]["country"].is_string());
  EXPECT_TRUE(Edited(form, "payload.total=2.5")["payload"]["total"].is_number());
  EXPECT_TRUE(Edited(form, "payload.new=true")["payload"]["new"].is_boolean());
  EXPECT_EQ(Edited(form, "payload.new=\"12\"")["payload"]["new"], "12");
  EXPECT_EQ(Edited(form, "payload.new=+44 20")["payload"]["new"], "+44 20");
}

TEST(RecordFormTest, AnEditThatLeadsNowhereChangesNothing) {
  const auto form = Form(JsonEvent(R"({"country": "UK", "items": []})"));
  for (const char* path : {"payload.country.x", "payload.items[1]", "payload[0]", "key[0]", "", ".",
                           "a..b", "a.", "[0]", "a[", "a[x]", "a[0", "a[0]b"}) {
    ordered_json changed = form;
    const Status status = ApplyEdit({.path = path, .value = "v"}, changed);
    ASSERT_FALSE(status.ok()) << path;
    EXPECT_EQ(status.error().reason, "EDIT_MALFORMED");
    EXPECT_EQ(changed, form) << path;
  }
  EXPECT_FALSE(ParseEdit("no equals sign").ok());
  EXPECT_FALSE(ParseEdit("=value").ok());
}

TEST(RecordFormTest, ValuesCanBeTakenOut) {
  ordered_json form = Form(JsonEvent(R"({"a": 1, "items": [1, 2]})"));
  EXPECT_TRUE(ApplyEdit({.path = "payload.a", .value = {}, .removes = true}, form).ok());
  EXPECT_TRUE(ApplyEdit({.path = "payload.items[0]", .value = {}, .removes = true}, form).ok());
  EXPECT_EQ(form["payload"].dump(), R"({"items":[2]})");
  EXPECT_FALSE(ApplyEdit({.path = "payload.a", .value = {}, .removes = true}, form).ok());
}

TEST(RecordFormTest, APayloadNobodyTouchedStaysToTheByte) {
  const Event json = JsonEvent(R"({ "total":1.0 ,"total":2})");
  const auto form = Form(json);
  const Event patched = Patched(json, form, Edited(form, "schema.version=2"));
  EXPECT_EQ(patched.json(), json.json());
  EXPECT_EQ(patched.schema().version(), 2u);
  EXPECT_EQ(patched.key(), "k-1");

  Event bytes = JsonEvent("");
  bytes.set_protobuf("\xff\xff");
  const auto opaque = Form(bytes);
  EXPECT_EQ(Patched(bytes, opaque, Edited(opaque, "schema.version=2")).protobuf(), "\xff\xff");
}

TEST(RecordFormTest, AnEditedPayloadBecomesJson) {
  const auto type = Build(ShopSet());
  Event event = JsonEvent("");
  event.set_protobuf(OrderBytes(*type));
  const auto form = Form(event, type.get());
  const Event patched = Patched(event, form, Edited(form, "payload.order_id=78"));
  ASSERT_TRUE(patched.has_json());
  EXPECT_EQ(ordered_json::parse(patched.json())["order_id"], "78");
  EXPECT_EQ(ordered_json::parse(patched.json())["items"][0]["sku"], "A");
}

TEST(RecordFormTest, ARecordThatFollowsNothingIsMalformedAndNotQuoted) {
  const Event event = JsonEvent("{}");
  const auto form = Form(event);
  for (const char* edit : {"event_time=canary", "colour=canary", "payload_text=canary",
                           "identifiers=canary", "schema.version=canary"}) {
    const auto patch =
        PatchOf(BodyKind::kEvent, event.SerializeAsString(), form, Edited(form, edit));
    ASSERT_FALSE(patch.ok()) << edit;
    EXPECT_EQ(patch.error().reason, "RECORD_MALFORMED") << edit;
    EXPECT_THAT(patch.error().message, Not(HasSubstr("canary"))) << edit;
  }
  EXPECT_FALSE(PatchOf(BodyKind::kEvent, event.SerializeAsString(), form, "text").ok());
  EXPECT_FALSE(
      PatchOf(BodyKind::kEvent, event.SerializeAsString(), form, Edited(form, "payload=5")).ok());
}

TEST(RecordFormTest, AProfileUpdateIsPatchedAsOne) {
  ingest::v1::ProfileUpdate update;
  update.set_key("k");
  update.set_json("{}");
  const std::string body = update.SerializeAsString();
  const auto form = FormOf(BodyKind::kProfileUpdate, body, nullptr);
  ASSERT_TRUE(form.ok());
  const auto patch =
      PatchOf(BodyKind::kProfileUpdate, body, *form, Edited(*form, "payload.email=a@b.test"));
  ASSERT_TRUE(patch.ok());
  EXPECT_EQ(patch->profile_update().json(), R"({"email":"a@b.test"})");
}

}  // namespace
}  // namespace selfsame::cli
