// A customers file as a spreadsheet leaves it, through the real programs: semicolons, latin-1,
// dates as texts and as numbers, invalid phones and addresses, no column with a time.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <random>
#include <thread>

#include "base/time.h"
#include "tests/e2e/cli/shop_site.h"
#include "tests/e2e/rows.h"

namespace selfsame::test {
namespace {

constexpr int kCustomers = 2'000;
constexpr int kGrown = 100;
constexpr int kCorrected = 50;

// What becomes of a customer with an invalid field.
enum class Invalid { kQuarantine, kLeaveOut };

constexpr const char* kProto = R"(syntax = "proto3";
package shop.v1;
import "selfsame/options/v1/options.proto";
message Customer {
  option (selfsame.options.v1.schema) = {
    kind: KIND_PROFILE owner: "shop-team" purpose: "Fulfilment"
    POLICY
    legal_basis: LEGAL_BASIS_CONTRACT retention_days: 365};
  optional string name = 1 [(selfsame.options.v1.field) = {class: DATA_CLASS_PII}];
  optional string email = 2 [(selfsame.options.v1.field) = {
    class: DATA_CLASS_PII, format: FORMAT_EMAIL}];
  optional string phone = 3 [(selfsame.options.v1.field) = {
    class: DATA_CLASS_PII, format: FORMAT_PHONE}];
  optional string birth_date = 4 [(selfsame.options.v1.field) = {
    class: DATA_CLASS_PII, format: FORMAT_DATE, of_birth: true}];
  optional double spent = 5 [(selfsame.options.v1.field) = {class: DATA_CLASS_INTERNAL}];
  optional string country = 6 [(selfsame.options.v1.field) = {
    class: DATA_CLASS_INTERNAL, format: FORMAT_COUNTRY}];
}
)";

std::string CustomerProto(Invalid invalid) {
  const std::string policy = "POLICY";
  std::string proto = kProto;
  return proto.replace(
      proto.find(policy), policy.size(),
      invalid == Invalid::kLeaveOut ? "invalid_optional: INVALID_OPTIONAL_LEAVE_OUT" : "");
}

constexpr const char* kMap = R"(name = "customers"
schema = "shop.v1.Customer"
kind = "profile_update"
encoding = "windows-1252"
decimal_comma = true
empty_values = ["NA", "-"]
key = "Kundennr"
time.value = "now"
[[identifier]]
kind = "customer_id"
column = "Kundennr"
[payload]
name = { column = "Name" }
email = { column = "E-Mail" }
phone = { column = "Telefon" }
birth_date = { column = "Geburtstag", type = "date", format = ["%d.%m.%Y", "excel"] }
spent = { column = "Umsatz", type = "double" }
country = { value = "DE" }
)";

struct Customer {
  std::string id, name, email, phone, birthday, spent;
};

// Nine of ten have something that is wrong.
Customer Dirty(int i) {
  Customer customer{.id = fmt::format("K-{}", 10'000 + i),
                    .name = fmt::format("Zo\u00eb M\u00fcller {}", i),
                    .email = fmt::format("zoe.{}@example.com", i),
                    .phone = fmt::format("+49 30 901820{:02}", i % 100),
                    .birthday = i % 2 == 0 ? "01.05.1980" : std::to_string(29'342 + i),
                    .spent = fmt::format("1.{:03},5", i % 1'000)};
  if (i % 10 != 0) customer.phone = i % 2 == 0 ? "bitte mailen" : "0";
  if (i % 3 == 0) customer.email = "keine";
  if (i % 7 == 0) customer.birthday = "31.02.1980";
  return customer;
}

// Values that the schema does not allow.
int InvalidIn(const Customer& customer) {
  return !customer.phone.starts_with("+") + (customer.email == "keine") +
         (customer.birthday == "31.02.1980");
}

int InvalidIn(const std::vector<Customer>& customers) {
  int count = 0;
  for (const Customer& one : customers) count += InvalidIn(one);
  return count;
}

int RowsWithInvalid(const std::vector<Customer>& customers) {
  return static_cast<int>(std::count_if(customers.begin(), customers.end(),
                                        [](const Customer& one) { return InvalidIn(one) > 0; }));
}

std::string Csv(const std::vector<Customer>& customers, char delimiter) {
  std::string text =
      fmt::format("Kundennr{0}Name{0}E-Mail{0}Telefon{0}Geburtstag{0}Umsatz\r\n", delimiter);
  for (const Customer& one : customers) {
    text += fmt::format("{1}{0}{2}{0}{3}{0}{4}{0}{5}{0}\"{6}\"\r\n", delimiter, one.id, one.name,
                        one.email, one.phone, one.birthday, one.spent);
  }
  return text;
}

// Of texts whose letters are all in it.
std::string Latin1(const std::string& utf8) {
  std::string latin;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto byte = static_cast<unsigned char>(utf8[i]);
    if (byte < 0x80) {
      latin.push_back(utf8[i]);
    } else {
      const auto next = static_cast<unsigned char>(utf8[++i]);
      latin.push_back(static_cast<char>((byte & 0x1F) << 6 | (next & 0x3F)));
    }
  }
  return latin;
}

std::int64_t RowsOf(const nlohmann::json& summary, const std::string& outcome) {
  std::int64_t rows = 0;
  for (const auto& entry : summary["outcomes"]) {
    if (entry["outcome"] == outcome) rows += entry["rows"].get<std::int64_t>();
  }
  return rows;
}

class DirtyImportTest : public testing::Test {
 protected:
  // Registers the schema and waits until records may name it.
  void Register(Invalid invalid) {
    map_ = site_.Write("map.toml", kMap);
    const ToolResult registered =
        site_.RunJson({"schema", "register", site_.Write("customer.proto", CustomerProto(invalid)),
                       "-I", site_.folder()});
    ASSERT_EQ(registered.exit_code, 0) << registered.errors;
    const Deadline deadline = Deadline::After(std::chrono::seconds(20));
    for (int probe = 0;; ++probe) {
      ASSERT_FALSE(deadline.Expired()) << "the schema is not taken";
      const Customer nobody{.id = fmt::format("P-{}", 100 + probe), .name = "Probe"};
      if (RowsOf(Import("probe.csv", Csv({nobody}, ';')), "ACCEPTED") == 1) break;
    }
    before_ = CountOf(site_.database(), "records");
  }

  nlohmann::json Import(const std::string& name, const std::string& text,
                        const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"import", "csv", site_.Write(name, text), "--map", map_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const ToolResult imported = site_.RunJson(arguments);
    EXPECT_EQ(imported.exit_code, 0) << imported.output << imported.errors;
    return imported.Json();
  }
  std::int64_t Stored() { return CountOf(site_.database(), "records") - before_; }

  ShopSite site_;
  std::string map_;
  std::int64_t before_ = 0;
};

std::vector<Customer> DirtyCustomers() {
  std::vector<Customer> customers;
  for (int i = 0; i < kCustomers; ++i) customers.push_back(Dirty(i));
  return customers;
}

// Adds customers, corrects the phone numbers of some, and sorts them otherwise.
void Change(std::vector<Customer>& customers) {
  for (int i = 1; i <= kCorrected; ++i) customers[i * 10 + 1].phone = "+49 30 90182000";
  for (int i = 0; i < kGrown; ++i) customers.push_back(Dirty(kCustomers + i));
  const unsigned seed = std::random_device()();
  std::cout << "seed " << seed << std::endl;
  std::shuffle(customers.begin(), customers.end(), std::mt19937(seed));
}

TEST_F(DirtyImportTest, ADirtyFileIsStoredWithoutWhatIsInvalidAndOnlyWhatChangedIsNewLater) {
  Register(Invalid::kLeaveOut);
  if (HasFatalFailure()) return;
  ASSERT_LE(std::count(kMap, kMap + std::string_view(kMap).size(), '\n'), 25);
  std::vector<Customer> customers = DirtyCustomers();
  const std::string rejects = site_.folder() + "/rejects.csv";
  const auto first = Import("customers.csv", Latin1(Csv(customers, ';')), {"--rejects", rejects});
  EXPECT_EQ(RowsOf(first, "ACCEPTED"), kCustomers) << first.dump();
  EXPECT_GE(Stored(), kCustomers * 9 / 10);
  EXPECT_EQ(first["values_left_out"], InvalidIn(customers)) << first.dump();
  const std::string listed = ReadWholeFile(rejects);  // A row that lacks something, one line.
  EXPECT_EQ(std::count(listed.begin(), listed.end(), '\n'), RowsWithInvalid(customers) + 1);

  Change(customers);
  const auto later = Import("customers_new.csv", "\xEF\xBB\xBF" + Csv(customers, ','));
  EXPECT_EQ(RowsOf(later, "ACCEPTED"), kGrown + kCorrected) << later.dump();
  EXPECT_EQ(RowsOf(later, "DUPLICATE"), kCustomers - kCorrected);
  EXPECT_EQ(Stored(), kCustomers + kGrown + kCorrected);
  const ToolResult profile = site_.Run({"profile", "get", "--identifier", "customer_id=K-10013"});
  EXPECT_THAT(profile.output, testing::HasSubstr("M\u00fcller"));
}

TEST_F(DirtyImportTest, AStrictSchemaQuarantinesWhatIsInvalidAndOnlyWhatChangedIsNewLater) {
  Register(Invalid::kQuarantine);
  if (HasFatalFailure()) return;
  std::vector<Customer> customers = DirtyCustomers();
  const int invalid = RowsWithInvalid(customers);
  const auto dry =
      site_.RunJson({"import", "csv", site_.Write("dry.csv", Latin1(Csv(customers, ';'))), "--map",
                     map_, "--dry-run"});
  EXPECT_EQ(dry.Json()["rows_without_problem"], kCustomers - invalid) << dry.output << dry.errors;
  const auto first = Import("customers.csv", Latin1(Csv(customers, ';')));
  EXPECT_EQ(RowsOf(first, "ACCEPTED"), kCustomers - invalid) << first.dump();
  EXPECT_EQ(RowsOf(first, "QUARANTINED"), invalid);
  EXPECT_EQ(Stored(), kCustomers - invalid);

  Change(customers);
  const int valid_later = static_cast<int>(customers.size()) - RowsWithInvalid(customers);
  const auto later = Import("customers_new.csv", "\xEF\xBB\xBF" + Csv(customers, ','));
  EXPECT_EQ(RowsOf(later, "DUPLICATE"), kCustomers - invalid) << later.dump();
  EXPECT_EQ(RowsOf(later, "ACCEPTED"), valid_later - (kCustomers - invalid));
  EXPECT_EQ(Stored(), valid_later);
}

}  // namespace
}  // namespace selfsame::test
