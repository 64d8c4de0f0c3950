#include "tests/bench/check_cases.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <iterator>
#include <random>
#include <utility>

#include "base/check.h"
#include "selfsame/schemas/account/v1/account.pb.h"
#include "selfsame/schemas/commerce/v1/commerce.pb.h"
#include "selfsame/schemas/web/v1/web.pb.h"

namespace selfsame::bench {
namespace {

using google::protobuf::Message;
using Random = std::mt19937_64;

constexpr int kPayloads = 256;

template <std::size_t kCount>
const char* AnyOf(Random& random, const char* const (&texts)[kCount]) {
  return texts[random() % kCount];
}

// Eleven fields, as people and forms fill them in: about half of the values are not canonical yet.
schemas::account::v1::Traits Person(Random& random) {
  static const char* const kGiven[] = {"Jane", "JOHN", "anna maria", "Zo\u00eb", "Karim", "Li"};
  static const char* const kFamily[] = {"O'Neill", "SMITH", "van der Berg", "M\u00fcller",
                                        "garc\u00eda"};
  static const char* const kCountry[] = {"GB", "United Kingdom", "gb"};
  static const char* const kLanguage[] = {"en-GB", "en_gb", "English"};
  const auto number = random() % 1'000'000;
  schemas::account::v1::Traits person;
  person.set_first_name(AnyOf(random, kGiven));
  person.set_last_name(AnyOf(random, kFamily));
  person.set_email(fmt::format("Jane.{}@Example.com", number));
  person.set_country(AnyOf(random, kCountry));
  person.set_language(AnyOf(random, kLanguage));
  person.set_birth_date(
      fmt::format("19{:02}-{:02}-{:02}", number % 100, number % 12 + 1, number % 28 + 1));
  person.set_account_opened_at(fmt::format("2024-01-{:02}T10:00:00+01:00", number % 28 + 1));
  person.set_website(fmt::format("https://Example.com/people/{}", number));
  person.set_postal_code("sw1a 1aa");
  person.set_street(fmt::format("{} High Street", number % 200 + 1));
  person.set_company("Example Trading Ltd");
  return person;
}

schemas::account::v1::Traits WithoutPhone(Random& random) {
  auto person = Person(random);
  person.set_full_name(person.first_name() + " " + person.last_name());
  return person;
}

schemas::account::v1::Traits WithPhone(Random& random) {
  auto person = Person(random);
  const auto number = random() % 1'000'000;
  person.set_phone(number % 2 == 0 ? fmt::format("+44 7400 {:06}", number)
                                   : fmt::format("07400 {:06}", number));
  return person;
}

schemas::web::v1::PageViewed Page(Random& random) {
  schemas::web::v1::PageViewed page;
  page.set_url(fmt::format("https://shop.example/products/{}?from=search", random() % 100'000));
  page.set_title("Walking boots, brown, leather, in all sizes");
  page.set_referrer("https://shop.example/search?q=boots");
  return page;
}

schemas::commerce::v1::OrderLine Line(Random& random) {
  schemas::commerce::v1::OrderLine line;
  line.set_order_id(std::to_string(random() % 1'000'000));
  line.set_sku("SKU-1234");
  line.set_description("WHITE HANGING HEART T-LIGHT HOLDER");
  line.set_quantity(static_cast<int>(random() % 12) + 1);
  line.set_unit_price(2.55);
  line.set_country("United Kingdom");
  return line;
}

schemas::commerce::v1::OrderPlaced Order(Random& random) {
  schemas::commerce::v1::OrderPlaced order;
  order.set_order_id(std::to_string(random() % 1'000'000));
  for (int i = 0; i < 3; ++i) {
    auto& item = *order.add_items();
    item.set_sku("SKU-" + std::to_string(random() % 1'000));
    item.set_name("Walking boots");
    item.set_quantity(1);
    item.set_unit_price(79.9);
  }
  order.set_total(239.7);
  order.set_currency("EUR");
  order.set_shipping_country("DE");
  return order;
}

template <typename Make>
void Add(const std::string& title, std::uint64_t seed, Make make, std::vector<CheckCase>* cases) {
  Random random(seed);
  const auto compiled = std::make_shared<const schema::CompiledSchema>(
      schema::MessageType::OfGenerated(*make(random).GetDescriptor()));
  CheckCase protobuf{.title = title + ", protobuf", .schema = compiled, .payloads = {}};
  CheckCase json{.title = title + ", JSON",
                 .schema = compiled,
                 .encoding = schema::Encoding::kJson,
                 .payloads = {}};
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  for (int i = 0; i < kPayloads; ++i) {
    const auto message = make(random);
    protobuf.payloads.push_back(message.SerializeAsString());
    std::string text;
    SELFSAME_CHECK(google::protobuf::util::MessageToJsonString(message, &text, options).ok());
    json.payloads.push_back(std::move(text));
  }
  cases->push_back(std::move(protobuf));
  cases->push_back(std::move(json));
}

}  // namespace

std::vector<CheckCase> CheckCases(std::uint64_t seed) {
  std::vector<CheckCase> cases;
  Add("profile of 12 fields", seed, WithoutPhone, &cases);
  Add("profile of 12 fields with phone", seed, WithPhone, &cases);
  Add("page viewed, 3 fields", seed, Page, &cases);
  Add("order line, 6 fields", seed, Line, &cases);
  Add("order of 3 items, 17 fields", seed, Order, &cases);
  return cases;
}

}  // namespace selfsame::bench
