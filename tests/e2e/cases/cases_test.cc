// Inputs that people who run customer databases reported (cases/cases.tsv), through the real
// server. A row is read by its kind, so that further rows of a kind need no code; a row that cannot
// be, or that does not come out right, stands in kExceptions with the reason.
#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <sstream>

#include "storage/tenants.h"
#include "tests/e2e/cases/case_rows.h"
#include "tests/e2e/installation.h"
#include "tests/e2e/tool.h"
#include "tests/support/data_dir.h"
#include "tests/support/temp_folder.h"

namespace selfsame::test {
namespace {

// Rows that are not right here, by kind and the beginning of their input, and why. One that comes
// out right after all fails the test.
struct Exception {
  const char* kind;
  const char* input;
  const char* reason;
};
constexpr Exception kExceptions[] = {
    {"import", "", "files and maps: tests/e2e/cli/import_test.cc and tests/unit/cli/import"},
    {"schema", "a Value with no kind", "prose: tests/integration/edge/unprintable_test.cc"},
    {"schema", "json_name that is", "prose: tests/unit/schema/json_form_test.cc"},
    {"schema", "33 consent purposes", "prose: tests/integration/edge/unprintable_test.cc"},
    {"schema", "UpdateProfiles: a good", "prose: tests/integration/edge/unprintable_test.cc"},
    {"schema", "Stream: the same", "prose: tests/integration/edge/unprintable_test.cc"},
    {"schema", "an event with a group", "prose: tests/unit/schema/json_form_test.cc"},
    {"schema", "such an update quarantined", "prose: tests/integration/edge/unprintable_test.cc"},
};

const Exception* ExceptionOf(const CaseRow& row) {
  for (const Exception& one : kExceptions) {
    if (row.kind == one.kind && row.input.starts_with(one.input)) return &one;
  }
  return nullptr;
}

// What came of a row: in words, and whether that is right. Nothing where it cannot be read.
struct Verdict {
  bool is_right = false;
  std::string seen;
};

constexpr const char* kCasesProto = R"(syntax = "proto3";
package cases.v1;
import "google/protobuf/timestamp.proto";
import "selfsame/options/v1/options.proto";
message Home {
  string city = 1 [(selfsame.options.v1.field) = {class: DATA_CLASS_INTERNAL}];
  double floor = 2 [(selfsame.options.v1.field) = {class: DATA_CLASS_INTERNAL}];
}
message Person {
  option (selfsame.options.v1.schema) = {
    kind: KIND_PROFILE owner: "tests" purpose: "Testing" retention_days: 30
    legal_basis: LEGAL_BASIS_CONTRACT};
  optional string s = 1 [(selfsame.options.v1.field) = {class: DATA_CLASS_INTERNAL}];
  optional double d = 2 [(selfsame.options.v1.field) = {class: DATA_CLASS_INTERNAL}];
  optional bool b = 3 [(selfsame.options.v1.field) = {class: DATA_CLASS_INTERNAL}];
  repeated double nums = 4 [(selfsame.options.v1.field) = {class: DATA_CLASS_INTERNAL}];
  Home home = 5 [(selfsame.options.v1.field) = {class: DATA_CLASS_INTERNAL}];
  google.protobuf.Timestamp at = 6 [(selfsame.options.v1.field) = {class: DATA_CLASS_INTERNAL}];
  optional string first_name = 7 [(selfsame.options.v1.field) = {class: DATA_CLASS_INTERNAL}];
  optional int32 n = 8 [(selfsame.options.v1.field) = {class: DATA_CLASS_INTERNAL}];
  optional string currency = 9 [(selfsame.options.v1.field) = {
    class: DATA_CLASS_INTERNAL, format: FORMAT_CURRENCY}];
}
)";

class CasesTest : public InstallationTest {
 protected:
  static constexpr std::chrono::seconds kSoon{30};

  // A stranger with an identifier of its own, so that what became of it can be looked up.
  struct Stranger {
    std::string anonymous_id;
    ingest::v1::RecordOutcome outcome;
  };

  using Change = std::function<void(UpdateBuilder&)>;
  Stranger Send(IngestClient& client, const std::string& json, const Change& change = {}) {
    const std::string id = fmt::format("stranger-{}", ++strangers_);
    return {id, SendAs(client, id, json, change)};
  }
  ingest::v1::RecordOutcome SendAs(IngestClient& client, const std::string& id,
                                   const std::string& json, const Change& change = {}) {
    UpdateBuilder update(fmt::format("key-{}", ++keys_));
    update.At(kSomeTime + std::chrono::seconds(keys_)).With("anonymous_id", id).Json(json);
    if (change) change(update);
    return Update(client, update);
  }

  // Empty where there is no such profile.
  profile::v1::Profile ProfileOf(const std::string& anonymous_id) {
    return TryGetProfile(ByIdentifier("anonymous_id", anonymous_id)).response.profile();
  }

  static nlohmann::json AttributesOf(const profile::v1::Profile& profile) {
    nlohmann::json attributes = nlohmann::json::object();
    for (const auto& [name, attribute] : profile.attributes()) {
      std::string text;
      EXPECT_TRUE(google::protobuf::util::MessageToJsonString(attribute.value(), &text).ok());
      attributes[name] = nlohmann::json::parse(text);
    }
    return attributes;
  }

  static std::string Refusal(const ingest::v1::RecordOutcome& outcome) {
    if (outcome.outcome() == ingest::v1::OUTCOME_ACCEPTED) return "";
    const std::string& name = ingest::v1::Outcome_Name(outcome.outcome());
    return name.substr(std::string_view("OUTCOME_").size()) + " " + outcome.reason();
  }

  // What a field of a stranger's becomes: its value, or the refusal.
  std::string FieldBecomes(const std::string& schema, const std::string& field,
                           const nlohmann::json& payload) {
    const Stranger one = Send(client_, payload.dump(), [&](UpdateBuilder& update) {
      if (!schema.empty()) update.Schema(schema);
    });
    if (const std::string refusal = Refusal(one.outcome); !refusal.empty()) return refusal;
    const nlohmann::json attributes = AttributesOf(ProfileOf(one.anonymous_id));
    if (!attributes.contains(field)) return "None";
    const nlohmann::json& value = attributes[field];
    return value.is_string() ? value.get<std::string>() : value.dump();
  }

  static Verdict OneOf(const std::string& right, const std::string& seen) {
    for (const std::string& one : Alternatives(right)) {
      if (seen == one) return {true, seen};
      if (one.starts_with("refused") && seen.starts_with("QUARANTINED")) return {true, seen};
    }
    return {false, seen};
  }

  // field='value'
  std::optional<Verdict> Field(const CaseRow& row) {
    const Quoted quoted = SplitQuoted(row.input);
    if (quoted.texts.size() != 1 || !quoted.rest[0].ends_with('=')) return std::nullopt;
    const std::string field = quoted.rest[0].substr(0, quoted.rest[0].size() - 1);
    if (field.empty() || field.find(' ') != std::string::npos) return std::nullopt;
    const std::string name = field == "email" && row.kind == "email_field" ? "email" : field;
    const bool is_ours = name == "currency";
    return OneOf(row.right,
                 FieldBecomes(is_ours ? "cases.v1.Person" : "", name, {{name, quoted.texts[0]}}));
  }

  std::string IdentifierBecomes(IngestClient& client, const std::string& kind,
                                const std::string& value) {
    const Stranger one =
        Send(client, "{}", [&](UpdateBuilder& update) { update.With(kind, value); });
    if (const std::string refusal = Refusal(one.outcome); !refusal.empty()) return refusal;
    const profile::v1::Profile profile = ProfileOf(one.anonymous_id);
    for (const auto& identifier : profile.identifiers()) {
      if (identifier.kind() == kind) return identifier.value();
    }
    return "ignored";
  }

  // [identifier ]email='value'
  std::optional<Verdict> EmailIdentifier(const CaseRow& row) {
    const Quoted quoted = SplitQuoted(row.input);
    if (quoted.texts.size() != 1 || !quoted.rest[0].ends_with("email=")) return std::nullopt;
    constexpr std::string_view kAsField = "as the field: ";
    std::string right = row.right;
    const std::string seen = IdentifierBecomes(client_, "email", quoted.texts[0]);
    if (right.starts_with(kAsField)) {
      right = right.substr(kAsField.size());
      const std::string field = FieldBecomes("", "email", {{"email", quoted.texts[0]}});
      if (field != seen) return Verdict{false, seen + ", but the field " + field};
    }
    return OneOf(right, seen);
  }

  // kind='value' of two strangers
  std::optional<Verdict> Placeholder(const CaseRow& row) {
    const Quoted quoted = SplitQuoted(row.input);
    if (quoted.texts.size() != 1 || !quoted.rest[0].ends_with('=')) return std::nullopt;
    const std::string kind = quoted.rest[0].substr(0, quoted.rest[0].size() - 1);
    return Together(row, client_, {{kind, quoted.texts[0]}, {kind, quoted.texts[0]}});
  }

  // Whether two strangers with these identifiers are one person.
  Verdict Together(const CaseRow& row, IngestClient& client,
                   const std::vector<std::pair<std::string, std::string>>& identifiers) {
    std::vector<std::string> seen;
    std::string shown;
    for (const auto& [kind, value] : identifiers) {
      const auto with = [&, kind = kind, value = value](UpdateBuilder& update) {
        update.With(kind, value);
      };
      const Stranger one = Send(client, "{}", with);
      seen.push_back(one.anonymous_id);
      shown += Refusal(one.outcome) + " ";
    }
    const std::string first = ProfileOf(seen[0]).profile_id();
    const std::string second = ProfileOf(seen[1]).profile_id();
    const bool are_one = !first.empty() && first == second;
    shown += are_one ? "one profile" : "two profiles";
    return {row.right.starts_with("one profile") ? are_one : !are_one, shown};
  }

  // Of a source that dials from `region`; "web" says none.
  IngestClient& ClientOf(const std::string& region) {
    if (region == "web") return client_;
    std::unique_ptr<IngestClient>& client = clients_[region];
    if (client != nullptr) return *client;
    Must(storage::CreateSource(
        database_->owner(), tenant_.name,
        {.name = region, .owner = "tests", .purpose = "testing", .trust_priority = 100}, Now()));
    std::string upper = region;
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return std::toupper(c); });
    Must(storage::SetSourceCustoms(database_->owner(), tenant_.name, region,
                                   {.phone_region = upper, .date_order = std::nullopt}));
    const auto key = Must(
        storage::CreateApiKey(database_->owner(), tenant_.name, region, {"ingest", "read"}, Now()));
    client = std::make_unique<IngestClient>(server_->grpc_address(), std::string(key.reveal()));
    const Deadline deadline = Deadline::After(kPatience);
    while (!client->GetLimits().ok()) EXPECT_FALSE(deadline.Expired());
    return *client;
  }

  std::string PhoneIn(const std::string& value, const std::string& country) {
    return FieldBecomes("", "phone", {{"phone", value}, {"country", country}});
  }

  // 'value' in CC; phone identifiers 'a' and 'b' (source); {"phone": ..., "country": ...}
  std::optional<Verdict> Phone(const CaseRow& row) {
    if (row.input.starts_with("673 example numbers")) return AllExamples();
    if (row.input.starts_with('{')) return PhoneRecord(row);
    const Quoted quoted = SplitQuoted(row.input);
    const std::string& last = quoted.rest.back();
    if (quoted.texts.size() == 1 && last.starts_with(" in ")) {
      return OneOf(row.right, PhoneIn(quoted.texts[0], last.substr(4, 2)));
    }
    if (quoted.texts.size() != 2 || !last.starts_with(" (")) return std::nullopt;
    IngestClient& client = ClientOf(last.substr(2, last.find(')') - 2));
    return Together(row, client, {{"phone", quoted.texts[0]}, {"phone", quoted.texts[1]}});
  }

  // Right is a refusal, or the reading of what stands before a ".0".
  std::optional<Verdict> PhoneRecord(const CaseRow& row) {
    const auto record = nlohmann::json::parse(row.input, nullptr, false);
    if (record.is_discarded() || !record.contains("phone")) return std::nullopt;
    const std::string value = record["phone"];
    const std::string country = record.value("country", "");
    const std::string seen = PhoneIn(value, country);
    const bool is_refused = seen.starts_with("QUARANTINED PHONE_");
    return Verdict{is_refused || seen == PhoneIn(value.substr(0, value.find('.')), country), seen};
  }

  // Every valid example number without its plus, dialled from its own region.
  std::optional<Verdict> AllExamples() {
    const auto path = DataFile("vectors/phone/phone_examples_lib8.12.57.tsv");
    if (!path) return std::nullopt;
    std::ifstream file(*path);
    std::set<std::pair<std::string, std::string>> numbers;
    for (std::string line; std::getline(file, line);) {
      std::vector<std::string> columns;
      std::stringstream list(line);
      for (std::string one; std::getline(list, one, '\t');) columns.push_back(one);
      if (columns.size() > 5 && columns[5] == "1") numbers.emplace(columns[0], columns[4]);
    }
    Verdict verdict{.is_right = !numbers.empty(), .seen = ""};
    for (const auto& [region, e164] : numbers) {
      const std::string seen = PhoneIn(e164.substr(1), region);
      if (seen == e164 || seen.starts_with("QUARANTINED")) continue;
      verdict.is_right = false;
      verdict.seen += region + " " + e164 + " " + seen + "; ";
    }
    return verdict;
  }

  // Steps in words: what is claimed of one person, and that what is derived of it has gone.
  std::optional<Verdict> Derived(const CaseRow& row) {
    const bool is_email = row.input.find("address") != std::string::npos;
    const std::string steps = row.input.substr(0, row.input.find_first_of(":("));
    const std::size_t then = steps.find(", then ");
    if (then == std::string::npos) return std::nullopt;
    const std::string field = is_email ? "email" : "phone";
    const std::string id = fmt::format("stranger-{}", ++strangers_);
    for (const std::string& step : {steps.substr(0, then), steps.substr(then + 7)}) {
      const bool is_marked = step.find("disposable") != std::string::npos ||
                             step.find("with extension") != std::string::npos;
      const std::string value = is_email    ? (is_marked ? "a@mailinator.com" : "a@x.example")
                                : is_marked ? "+1 212 555 0123 ext. 101"
                                            : "+1 212 555 0124";
      const bool is_unset = step.find("UNSET") != std::string::npos;
      const bool is_once = step.find("SET_ONCE") != std::string::npos;
      UpdateBuilder update(fmt::format("key-{}", ++keys_));
      update.At(kSomeTime + std::chrono::seconds(keys_)).With("anonymous_id", id);
      update.Json(is_unset ? "{}" : nlohmann::json({{field, value}}).dump());
      auto built = update.Build();
      if (is_unset) (*built.mutable_operations())[field] = ingest::v1::ATTRIBUTE_OPERATION_UNSET;
      if (is_once) (*built.mutable_operations())[field] = ingest::v1::ATTRIBUTE_OPERATION_SET_ONCE;
      const Outcomes outcomes =
          SendUntilSettled(client_, Updates({built}), Deadline::After(kPatience));
      if (outcomes.at(0).outcome() != ingest::v1::OUTCOME_ACCEPTED) return std::nullopt;
    }
    const nlohmann::json attributes = AttributesOf(ProfileOf(id));
    const auto derived =
        attributes.value(is_email ? "email_disposable" : "phone_extension", nlohmann::json());
    return Verdict{derived.is_null() || derived == false, attributes.dump()};
  }

  // What a payload becomes, as text.
  std::string PayloadBecomes(const std::string& payload) {
    const Stranger one =
        Send(client_, payload, [](UpdateBuilder& update) { update.Schema("cases.v1.Person"); });
    const std::string refusal = Refusal(one.outcome);
    return refusal.empty() ? AttributesOf(ProfileOf(one.anonymous_id)).dump() : refusal;
  }

  // payload; payload and payload
  std::optional<Verdict> Json(const CaseRow& row) {
    if (row.right == "alike") {
      const std::size_t middle = row.input.find("} and {");
      if (middle == std::string::npos) return std::nullopt;
      const std::string one = PayloadBecomes(row.input.substr(0, middle + 1));
      const std::string other = PayloadBecomes(row.input.substr(middle + 6));
      return Verdict{one == other, one + " / " + other};
    }
    if (!row.input.starts_with('{')) return std::nullopt;
    const std::string seen = PayloadBecomes(row.input);
    const auto right = PythonDictionary(row.right);
    if (!right) return OneOf(row.right, seen);
    return Verdict{nlohmann::json::parse(seen, nullptr, false) == *right, seen};
  }

  std::optional<Verdict> Judge(const CaseRow& row) {
    if (row.kind == "date" || row.kind == "name" || row.kind == "email_field") return Field(row);
    if (row.kind == "schema") return Field(row);
    if (row.kind == "email_identifier") return EmailIdentifier(row);
    if (row.kind == "placeholder") return Placeholder(row);
    if (row.kind == "phone") return Phone(row);
    if (row.kind == "derived") return Derived(row);
    if (row.kind == "json") return Json(row);
    return std::nullopt;
  }

  void RegisterSchema() {
    const TempFolder folder;
    std::ofstream(folder.path() + "/person.proto") << kCasesProto;
    Tool tool({"SELFSAME_SERVER=" + server_->grpc_address(), "SELFSAME_API_KEY=" + tenant_.api_key,
               "PATH=/usr/bin:/bin"});
    const ToolResult result = tool.Run({"schema", "register", folder.path() + "/person.proto", "-I",
                                        folder.path(), "--message", "cases.v1.Person"});
    ASSERT_EQ(result.exit_code, 0) << result.errors << result.output;
    const Deadline deadline = Deadline::After(kSoon);
    while (PayloadBecomes("{}").starts_with("QUARANTINED")) ASSERT_FALSE(deadline.Expired());
  }

  int keys_ = 0;
  int strangers_ = 0;
  std::map<std::string, std::unique_ptr<IngestClient>> clients_;
};

TEST_F(CasesTest, EveryRowComesOutRightOrIsAnException) {
  const auto path = DataFile("cases/cases.tsv");
  if (!path) GTEST_SKIP() << "no data folder: set SELFSAME_DATA_DIR";
  ASSERT_NO_FATAL_FAILURE(RegisterSchema());
  std::map<std::string, std::array<int, 2>> counts;  // Of a kind: right, exceptions.
  for (const CaseRow& row : ReadCases(*path)) {
    const Exception* exception = ExceptionOf(row);
    const auto verdict = Judge(row);
    const bool is_right = verdict && verdict->is_right;
    ++counts[row.kind][is_right ? 0 : 1];
    if (exception != nullptr) {
      EXPECT_FALSE(is_right) << "no exception any more: " << row.kind << " " << row.input;
    } else {
      EXPECT_TRUE(is_right) << row.kind << " " << row.input << "\n  right: " << row.right
                            << "\n  seen:  " << (verdict ? verdict->seen : "cannot be read");
    }
  }
  for (const auto& [kind, count] : counts) {
    fmt::print("{:<18}{:>4} right {:>4} not\n", kind, count[0], count[1]);
  }
}

}  // namespace
}  // namespace selfsame::test
