#include "cli/demo/story.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "cli/outcome.h"
#include "cli/timestamp.h"
#include "selfsame/schemas/account/v1/account.pb.h"
#include "selfsame/schemas/commerce/v1/commerce.pb.h"
#include "selfsame/schemas/web/v1/web.pb.h"

namespace selfsame::cli {

using ingest::v1::Event;
using ingest::v1::Outcome;
using ingest::v1::ProfileUpdate;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

using Identifiers = std::vector<std::pair<std::string, std::string>>;

// Where in the story the two halves of the person are first seen, and where they turn out to be
// one.
constexpr std::size_t kSeenOnWeb = 0;
constexpr std::size_t kSeenOnPhone = 2;
constexpr std::size_t kJoined = 5;

template <typename Record>
Record NewRecord(const Person& person, std::string_view name, TimeUs at,
                 const Identifiers& identifiers, const google::protobuf::Message& payload) {
  Record record;
  record.set_key(fmt::format("demo-{}-{}", person.run, name));
  *record.mutable_event_time() = ToTimestamp(at);
  for (const auto& [kind, value] : identifiers) {
    auto* identifier = record.add_identifiers();
    identifier->set_kind(kind);
    identifier->set_value(value);
  }
  record.mutable_schema()->set_name(payload.GetDescriptor()->full_name());
  record.set_protobuf(payload.SerializeAsString());
  return record;
}

schemas::web::v1::PageViewed Page(const std::string& url, const std::string& title) {
  schemas::web::v1::PageViewed page;
  page.set_url(url);
  page.set_title(title);
  return page;
}

schemas::web::v1::ScreenViewed Screen(const std::string& name) {
  schemas::web::v1::ScreenViewed screen;
  screen.set_name(name);
  screen.set_app_version("3.1.0");
  return screen;
}

schemas::commerce::v1::ProductViewed Product() {
  schemas::commerce::v1::ProductViewed product;
  product.set_sku("HEART-T-LIGHT");
  product.set_name("White hanging heart t-light holder");
  product.set_unit_price(2.55);
  product.set_currency("GBP");
  return product;
}

schemas::account::v1::SignedUp SignUp() {
  schemas::account::v1::SignedUp sign_up;
  sign_up.set_plan("free");
  sign_up.set_origin("checkout");
  return sign_up;
}

schemas::account::v1::Traits WebTraits(const Person& person) {
  schemas::account::v1::Traits traits;
  traits.set_first_name(person.first_name);
  traits.set_last_name(person.last_name);
  traits.set_email(person.email);
  traits.set_city("Leeds");
  traits.set_marketing_opt_in(true);
  return traits;
}

schemas::account::v1::Traits CrmTraits() {
  schemas::account::v1::Traits traits;
  traits.set_city("York");
  traits.set_phone("+44 20 7946 0018");
  return traits;
}

schemas::commerce::v1::OrderLine Order(const Person& person) {
  schemas::commerce::v1::OrderLine line;
  line.set_order_id("order-" + person.run);
  line.set_sku("HEART-T-LIGHT");
  line.set_quantity(6);
  line.set_unit_price(2.55);
  line.set_country("United Kingdom");
  return line;
}

// The person on two devices, until signing in on the second shows that both are one.
std::vector<StoryStep> HappyPart(const Person& person, TimeUs now) {
  const Identifiers browser = {{"anonymous_id", person.anonymous_id}};
  const Identifiers phone = {{"device_id", person.device_id}};
  const Identifiers account = {{"customer_id", person.customer_id}};
  const Identifiers signed_up = {browser[0], account[0], {"email", person.email}};
  const Identifiers signed_in = {phone[0], account[0]};
  const auto event = [&](const char* name, std::chrono::minutes ago, const Identifiers& who,
                         const google::protobuf::Message& payload) {
    return NewRecord<Event>(person, name, now - ago, who, payload);
  };
  const auto update = [&](const char* name, std::chrono::minutes ago, const Identifiers& who,
                          const google::protobuf::Message& payload) {
    return NewRecord<ProfileUpdate>(person, name, now - ago, who, payload);
  };
  return {
      {"web", "somebody opens the shop", event("page", minutes(60), browser, Page("/", "Home"))},
      {"web", "... and looks at a product", event("product", minutes(58), browser, Product())},
      {"ios", "somebody opens the app", event("screen", minutes(50), phone, Screen("Start"))},
      {"web", "the visitor signs up", event("sign-up", minutes(40), signed_up, SignUp())},
      {"web", "... and fills in a profile",
       update("traits", minutes(39), account, WebTraits(person))},
      {"ios", "signs in on the phone: one person",
       event("sign-in", minutes(20), signed_in, Screen("Account"))},
      {"crm", "last month's data: fills gaps only",
       update("crm", hours(24 * 30), account, CrmTraits())},
      {"web", "an order", event("order", minutes(5), account, Order(person))},
  };
}

// Records that are not taken as they are, and what is told of them instead.
std::vector<StoryStep> UnhappyPart(const Person& person, TimeUs now, const Event& product) {
  Event bad = NewRecord<Event>(person, "bad", now, {{"customer_id", "null"}}, Page("/", "Home"));
  bad.clear_event_time();
  Event reused = product;
  reused.set_protobuf(Page("/other", "Another body").SerializeAsString());
  reused.mutable_schema()->set_name(Page("", "").GetDescriptor()->full_name());
  return {
      {"web", "the product view, sent again", product, Outcome::OUTCOME_DUPLICATE},
      {"web", "no time, and nobody known", bad, Outcome::OUTCOME_QUARANTINED},
      {"web", "another body under a used key", reused, Outcome::OUTCOME_REJECTED},
  };
}

bool HasIdentifier(const profile::v1::Profile& profile, const std::string& kind) {
  const auto& identifiers = profile.identifiers();
  return std::any_of(identifiers.begin(), identifiers.end(),
                     [&](const auto& identifier) { return identifier.kind() == kind; });
}

void CheckAttribute(const profile::v1::Profile& profile, const std::string& name,
                    const std::string& source, std::vector<std::string>& surprises) {
  const auto found = profile.attributes().find(name);
  if (found == profile.attributes().end()) {
    surprises.push_back(fmt::format("the profile has no {}", name));
  } else if (found->second.source() != source) {
    surprises.push_back(
        fmt::format("{} comes from {}, not from {}", name, found->second.source(), source));
  }
}

bool IsTheMerge(const profile::v1::MergeHistoryEntry& entry, const std::string& one,
                const std::string& other) {
  const auto& before = entry.before();
  return entry.action() == profile::v1::MergeHistoryEntry::ACTION_MERGED &&
         std::count(before.begin(), before.end(), one) == 1 &&
         std::count(before.begin(), before.end(), other) == 1;
}

void CheckMerge(const StoryEnd& end, std::vector<std::string>& surprises) {
  const std::string& web = end.outcomes[kSeenOnWeb].profile_id();
  const std::string& phone = end.outcomes[kSeenOnPhone].profile_id();
  if (web == phone) surprises.push_back("the two devices were one person from the start");
  if (end.outcomes[kJoined].profile_id() != std::min(web, phone)) {
    surprises.push_back("signing in did not lead to the older of the two profiles");
  }
  const auto& entries = end.history.entries();
  if (std::none_of(entries.begin(), entries.end(),
                   [&](const auto& entry) { return IsTheMerge(entry, web, phone); })) {
    surprises.push_back("the merge of the two profiles is not in the history");
  }
}

}  // namespace

Person PersonOfRun(int run) {
  constexpr std::array<std::pair<const char*, const char*>, 6> kNames = {{{"Ada", "Lovelace"},
                                                                          {"Grace", "Hopper"},
                                                                          {"Alan", "Turing"},
                                                                          {"Edsger", "Dijkstra"},
                                                                          {"Barbara", "Liskov"},
                                                                          {"Tony", "Hoare"}}};
  const auto& [first, last] = kNames[static_cast<std::size_t>(run - 1) % kNames.size()];
  std::string mailbox(first);
  mailbox[0] = static_cast<char>(mailbox[0] - 'A' + 'a');
  return {.run = fmt::format("{}", run),
          .first_name = first,
          .last_name = last,
          .customer_id = fmt::format("C-{}", 1'000 + run),
          .email = fmt::format("{}.{}@example.com", mailbox, run),
          .anonymous_id = fmt::format("browser-{}", run),
          .device_id = fmt::format("iphone-{}", run)};
}

std::vector<StoryStep> Story(const Person& person, TimeUs now) {
  std::vector<StoryStep> story = HappyPart(person, now);
  const Event product = std::get<Event>(story[1].record);
  for (StoryStep& step : UnhappyPart(person, now, product)) story.push_back(std::move(step));
  return story;
}

std::vector<std::string> Surprises(const std::vector<StoryStep>& story, const StoryEnd& end) {
  std::vector<std::string> surprises;
  std::size_t events = 0;
  for (std::size_t i = 0; i < story.size(); ++i) {
    const Outcome outcome = end.outcomes[i].outcome();
    if (outcome != story[i].expected) {
      surprises.push_back(fmt::format("step {} ended {}, not {}", i + 1, OutcomeName(outcome),
                                      OutcomeName(story[i].expected)));
    }
    const bool is_event = std::holds_alternative<Event>(story[i].record);
    if (is_event && story[i].expected == Outcome::OUTCOME_ACCEPTED) ++events;
  }
  CheckMerge(end, surprises);
  for (const char* kind : {"customer_id", "email", "device_id", "anonymous_id"}) {
    if (!HasIdentifier(end.profile, kind)) {
      surprises.push_back(fmt::format("the profile has no {}", kind));
    }
  }
  CheckAttribute(end.profile, "city", "web", surprises);
  CheckAttribute(end.profile, "phone", "crm", surprises);
  if (static_cast<std::size_t>(end.events.events_size()) != events) {
    surprises.push_back(
        fmt::format("the profile has {} events, not {}", end.events.events_size(), events));
  }
  return surprises;
}

}  // namespace selfsame::cli
